"""From options to a layer that is ready: files read, rules compiled, the probe made or loaded."""

import os
from collections.abc import Mapping
from pathlib import Path

from shipworthy.instruments.safeguards.measuring import cache_directory
from shipworthy.instruments.safeguards.screening.experts import (
    Classifier,
    Judge,
    open_classifier,
    open_judge,
)
from shipworthy.instruments.safeguards.screening.layer import Probe, Screen
from shipworthy.instruments.safeguards.screening.options import (
    KEY_RULES,
    ProbeOptions,
    ScreenOptions,
)
from shipworthy.instruments.safeguards.screening.probe import (
    NOTHING,
    Promise,
    built_in_probe,
    open_scorer,
    read_probe,
)
from shipworthy.instruments.safeguards.screening.rules import (
    Re2Sets,
    RuleSet,
    SetBuilder,
    read_rules,
)
from shipworthy.kernel import Problem


def build_screen(options: ScreenOptions, environment: Mapping[str, str] = os.environ) -> Screen:
    """Return the layer.

    Raises:
        Problem: a rule, a file, a package or the promise of the probe does not hold; each with its
            own code.
    """
    written = [rule for path in options.rule_files for rule in read_rules(Path(path))]
    keys = KEY_RULES if options.key_rules else ()
    rules = RuleSet((*keys, *options.rules, *written), _builder(options))
    expert: Judge | Classifier | None = None
    if options.judge is not None:
        expert = open_judge(options.judge, environment)
    elif options.classifier is not None:
        expert = open_classifier(options.classifier)
    probe = None
    if options.probe is not None:
        probe = _open_probe(options.probe, environment, asks=expert is not None)
    return Screen(options, rules, probe, expert)


def _builder(options: ScreenOptions) -> SetBuilder:
    if options.matcher == "hyperscan":
        from shipworthy.instruments.safeguards.screening.hyperscan import HyperscanSets

        return HyperscanSets()
    return Re2Sets()


def _open_probe(options: ProbeOptions, environment: Mapping[str, str], *, asks: bool) -> Probe:
    if options.model:
        model = read_probe(Path(options.model))
    else:
        model = built_in_probe(options.promise or Promise(), cache_directory(environment))
    found = model.calibration
    threshold = found.threshold
    if found.shortfall:
        if options.unsupported == "refuse" or not asks:
            raise Problem.of(
                "probe-promise",
                f"the calibration data does not support the promise of the probe: "
                f"{found.shortfall}",
                help="bring more labelled texts, promise less, or give the screen an expert and "
                'set `unsupported = "delegate-all"`',
            )
        threshold = None
    return Probe(model, open_scorer(model.weights), NOTHING if threshold is None else threshold)
