"""How often the bounds of `shipworthy control test` hold: families of eight alike variants.

Each family has a rate of its own, drawn from a beta distribution with mean `mean` and intraclass
correlation `icc`; its variants are draws of that rate. Prints, for the sizes of the built-in test,
the share of samples in which each one-sided bound lies on the right side of the mean.

    python benchmarks/control_families.py
"""

import functools
import random

from shipworthy.statistics.clustered import ScenarioCounts, clustered_bound

VARIANTS = 8
SIZES = ((8, 0.01, 3000), (38, 0.05, 1500))
"""Families, alpha, samples: one world of five, and all of them."""


@functools.cache
def bounds(counts, alpha):
    found = clustered_bound([ScenarioCounts(one, VARIANTS) for one in counts], alpha)
    return found.lower, found.upper


def sample(families, mean, icc, rng):
    scale = (1 - icc) / icc
    rates = (rng.betavariate(mean * scale, (1 - mean) * scale) for _ in range(families))
    return tuple(sorted(sum(rng.random() < rate for _ in range(VARIANTS)) for rate in rates))


def main():
    rng = random.Random(7)
    for families, alpha, samples in SIZES:
        worst = {"lower": (1.0, ()), "upper": (1.0, ())}
        for mean in (0.1, 0.3, 0.5, 0.8, 0.95):
            for icc in (0.1, 0.3, 0.6, 0.9):
                drawn = [bounds(sample(families, mean, icc, rng), alpha) for _ in range(samples)]
                held = {
                    "lower": sum(lower <= mean for lower, _ in drawn) / samples,
                    "upper": sum(upper >= mean for _, upper in drawn) / samples,
                }
                for side, share in held.items():
                    worst[side] = min(worst[side], (share, (mean, icc)))
        for side, (share, where) in worst.items():
            print(f"{families} families, {alpha}: {side} held in {share:.4f}, mean, icc {where}")


if __name__ == "__main__":
    main()
