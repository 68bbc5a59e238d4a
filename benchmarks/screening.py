"""What screening costs: CPU microseconds for an exchange of 2 KB, and for streamed chunks.

    .venv/bin/python benchmarks/screening.py [--rounds N]

An exchange is a JSON body of 2 KB: some 1,300 characters of prose, the prompt 300 of them. All
figures are CPU time of this process, the lowest of several rounds; the share of a union of Python
expressions is measured in the same run, since machines differ.
"""

import argparse
import json
import random
import re
import time
from importlib.util import find_spec
from pathlib import Path

import msgspec

from shipworthy.instruments.safeguards import make_output_filter
from shipworthy.instruments.safeguards.engine import GuardEngine, ReplyStream, drive_now
from shipworthy.instruments.safeguards.screening import Probe, Screen, ScreenOptions
from shipworthy.instruments.safeguards.screening.options import ProbeOptions
from shipworthy.instruments.safeguards.screening.probe import (
    ProbeModel,
    Promise,
    calibrate,
    open_scorer,
)
from shipworthy.instruments.safeguards.screening.probe.features import FEATURES, PAIRS, PLACES
from shipworthy.instruments.safeguards.screening.rules import Rule, RuleSet
from shipworthy.vocabulary import Message, Reply, Request

ROOT = Path(__file__).resolve().parent.parent
WORDS = ("amber", "basalt", "cobalt", "dune", "ember", "fjord", "garnet", "harbor", "indigo")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    prose = prose_of(ROOT / "docs")
    exchanges = [exchange(prose, number) for number in range(200)]
    rules = patterns(200)
    costs = {}

    written = (rule.reply or rule.request for rule in rules)
    union = re.compile("|".join(f"(?:{one})" for one in written), re.IGNORECASE)
    texts = [f"{q.messages[0].content}\n{a.text}" for q, a in exchanges[:5]]
    costs["python re, union of 200"] = cost(lambda: [union.search(text) for text in texts], 1) / 5

    by_rules = RuleSet(rules)
    probe = {"numpy": scorer(compiled=False)}
    if find_spec("numba") is not None:
        probe["numba"] = scorer(compiled=True)
    layers = {"rules, 200": Screen(ScreenOptions(), by_rules)}
    for name, made in probe.items():
        options = ScreenOptions(probe=ProbeOptions())
        layers[f"probe, {name}"] = Screen(options, RuleSet([]), made)
        layers[f"rules and probe, {name}"] = Screen(options, by_rules, made)
    for name, layer in layers.items():
        costs[f"screen: {name}"] = per_exchange(layer, exchanges, rounds)
        costs[f"engine: {name}"] = through_engine([layer], exchanges, rounds)
    costs["engine: output filter"] = through_engine([make_output_filter({})], exchanges, rounds)

    fastest = layers[f"rules and probe, {'numba' if 'numba' in probe else 'numpy'}"]
    costs["read JSON, engine, write verdict"] = end_to_end(fastest, exchanges, rounds)
    report(costs)
    report_streams(layers, probe, exchanges, rounds)


def report(costs: dict[str, float]) -> None:
    union = costs["python re, union of 200"]
    print(f"{'':44} {'us/exchange':>12} {'exchanges/s':>12} {'x faster than re':>17}")
    for name, spent in costs.items():
        print(f"{name:44} {spent:12.2f} {1e6 / spent:12,.0f} {union / spent:17,.0f}")


def report_streams(layers, probe, exchanges, rounds) -> None:
    options = ScreenOptions(probe=ProbeOptions(hold="window"))
    chosen = {
        "rules, 200": layers["rules, 200"],
        **{
            f"rules and probe by windows, {name}": Screen(options, layers["rules, 200"].rules, made)
            for name, made in probe.items()
        },
        "output filter": make_output_filter({}),
    }
    print(f"\n{'streamed in chunks of 4 characters':44} {'us/chunk':>12} {'us/exchange':>12}")
    for name, layer in chosen.items():
        spent, chunks = streamed(layer, exchanges, rounds)
        print(f"{name:44} {spent / chunks:12.2f} {spent / len(exchanges):12.1f}")


def prose_of(folder: Path) -> str:
    pages = (path.read_text() for path in sorted(folder.glob("**/*.md")))
    return re.sub(r"[^A-Za-z ,.'\n]", "", " ".join(pages))[:400_000]


def exchange(prose: str, number: int) -> tuple[Request, Reply]:
    at = number * 1300
    secret = "The staff code of this product is VELTRIN-4471."
    turns = (
        Message(role="user", content=prose[at : at + 300]),
        Message(role="system", content=secret, confidential=True),
    )
    return Request(messages=turns), Reply(text=prose[at + 300 : at + 1300])


def patterns(count: int) -> list[Rule]:
    draw = random.Random(4)
    rules = []
    for number in range(count):
        one, other = draw.choice(WORDS), draw.choice(WORDS)
        expression = (
            rf"\b{one[:3]}{number}_[a-z0-9]{{16,36}}"
            if number % 4 == 0
            else f"{one}[ _-]{{1,3}}{other}-?[0-9]{{{draw.randint(2, 6)}}}"
        )
        request = {"request": f"tell me about {one}"} if number % 5 == 0 else {}
        half = {"reply": expression, **request} if number % 3 else {"request": expression}
        rules.append(Rule(id=f"rule-{number}", **half))
    return rules


def scorer(*, compiled: bool) -> Probe:
    import numpy as np

    weights = np.random.default_rng(1).integers(-300, 300, PAIRS + PLACES).astype("<i2").tobytes()
    calibration = calibrate([0] * 500, [0] * 500, Promise())
    model = ProbeModel(features=FEATURES, weights=weights, calibration=calibration, card={})
    return Probe(model, open_scorer(weights, compiled=compiled), 100_000)


def cost(work, rounds: int) -> float:
    work()
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best * 1e6


def per_exchange(layer, exchanges, rounds: int) -> float:
    def work():
        for _ in range(10):
            for request, reply in exchanges:
                layer.screen_request(request)
                layer.screen_reply(request, reply)

    return cost(work, rounds) / (10 * len(exchanges))


def through_engine(layers, exchanges, rounds: int) -> float:
    engine = GuardEngine(layers)

    def work():
        for _ in range(10):
            for request, reply in exchanges:
                drive_now(engine.release(drive_now(engine.admit(request)), reply))

    return cost(work, rounds) / (10 * len(exchanges))


def end_to_end(layer, exchanges, rounds: int) -> float:
    """From the JSON of an exchange to the JSON of a verdict."""
    engine = GuardEngine([layer])
    decoder = msgspec.json.Decoder(tuple[Request, Reply])
    encoder = msgspec.json.Encoder()
    padding = "x" * 400
    bodies = [
        json.dumps([json.loads(encoder.encode(q)), json.loads(encoder.encode(a))]).encode()
        for q, a in exchanges
    ]
    assert 1300 < sum(map(len, bodies)) / len(bodies) < 2048 + len(padding)

    def work():
        for _ in range(10):
            for body in bodies:
                request, reply = decoder.decode(body)
                answer = drive_now(engine.release(drive_now(engine.admit(request)), reply))
                encoder.encode((engine.digest, answer.layers, answer.finish))

    return cost(work, rounds) / (10 * len(bodies))


def streamed(layer, exchanges, rounds: int) -> tuple[float, int]:
    engine = GuardEngine([layer])
    pieces = [
        (request, [reply.text[at : at + 4] for at in range(0, len(reply.text), 4)])
        for request, reply in exchanges
    ]

    def work():
        for request, chunks in pieces:
            flow = ReplyStream(engine, drive_now(engine.admit(request)))
            for chunk in chunks:
                flow.feed("text", chunk)
            drive_now(flow.finish("stop"))

    return cost(work, rounds), sum(len(chunks) for _, chunks in pieces)


if __name__ == "__main__":
    main()
