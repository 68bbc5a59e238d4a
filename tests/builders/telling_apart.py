"""How well can a deployment tell what is replayed from the ordinary messages around it?

A naive Bayes classifier over what a gateway sees of a request. It is judged on requests that it did
not learn from, by the area under its curve: 0.5 is guessing, 1 is certainty. A deployment that
wants to treat probes specially could do better; it could hardly do worse.
"""

import math
import random
import re
from collections import Counter, defaultdict

FOLDS = 5
_BINS = 6
_WORD = re.compile(r"\w+")


def envelope(body, headers):
    """Return what a request shows apart from what its user says."""
    turns = body.get("messages", body.get("input", ()))
    turns = turns if isinstance(turns, list) else ()
    system = body.get("system", "") or " ".join(
        turn["content"] for turn in turns if turn["role"] == "system"
    )
    length = {"content-length"}
    return {
        "headers": tuple(name for name in map(str.lower, headers) if name not in length),
        "agent": headers.get("User-Agent", ""),
        "account": headers.get("Authorization", headers.get("x-api-key", "")),
        "keys": tuple(sorted(body)),
        "temperature": body.get("temperature"),
        "top_p": body.get("top_p"),
        "most": body.get("max_tokens", body.get("max_output_tokens")),
        "seed digits": len(str(body.get("seed", ""))),
        "stream": bool(body.get("stream")),
        "tools": len(body.get("tools", ())),
        "turns": len(turns),
        "has system": bool(system),
        "system length": float(len(system)),
    }


def said(body):
    """Return what the user says last."""
    if "prompt" in body:
        return body["prompt"].rpartition("User: ")[2].removesuffix("\n\nAssistant:")
    turns = body.get("messages", body.get("input"))
    return [turn["content"] for turn in turns if turn["role"] == "user"][-1]


def words(body):
    """Return the words that the user says, as features."""
    return dict.fromkeys(_WORD.findall(said(body).lower()), True)


def wording(body):
    """Return the length of what the user says."""
    return {"length": float(len(said(body)))}


def repeated(bodies, of):
    """Return for each body how often the same was seen before, in the order of arrival."""
    seen = Counter()
    found = []
    for body in bodies:
        found.append({"seen before": min(seen[of(body)], 3)})
        seen[of(body)] += 1
    return found


def area(features, labels, seed=0):
    """Return the area under the curve of a classifier, learnt on four fifths of the requests."""
    order = list(range(len(labels)))
    random.Random(seed).shuffle(order)
    scores = [0.0] * len(labels)
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS])
        known = [place for place in order if place not in held]
        judge = _learnt([features[place] for place in known], [labels[place] for place in known])
        for place in held:
            scores[place] = judge(features[place])
    scored = list(zip(scores, labels, strict=True))
    return _area([s for s, is_replay in scored if is_replay], [s for s, no in scored if not no])


def _area(positive, negative):
    if not positive or not negative:
        return 0.5
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return wins / (len(positive) * len(negative))


def _learnt(features, labels):
    edges = _edges(features)
    counts = {True: defaultdict(Counter), False: defaultdict(Counter)}
    totals = Counter(labels)
    for one, label in zip(features, labels, strict=True):
        for name, value in one.items():
            counts[label][name][_binned(edges, name, value)] += 1
    kinds = {
        name: len({*counts[True][name], *counts[False][name]}) + 1
        for name in {*counts[True], *counts[False]}
    }

    def judge(one):
        score = 0.0
        for name, value in one.items():
            if name in kinds:
                part = _binned(edges, name, value)
                score += math.log((counts[True][name][part] + 1) / (totals[True] + kinds[name]))
                score -= math.log((counts[False][name][part] + 1) / (totals[False] + kinds[name]))
        return score

    return judge


def _edges(features):
    numbers = defaultdict(list)
    for one in features:
        for name, value in one.items():
            if isinstance(value, float):
                numbers[name].append(value)
    return {
        name: sorted({sorted(found)[len(found) * part // _BINS] for part in range(1, _BINS)})
        for name, found in numbers.items()
    }


def _binned(edges, name, value):
    return sum(value >= edge for edge in edges[name]) if name in edges else value
