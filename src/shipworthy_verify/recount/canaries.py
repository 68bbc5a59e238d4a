"""Step 15: what judges said of canaries in every run, and what it puts against findings."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shipworthy_verify.chain import Bundle, Refuse
from shipworthy_verify.reading import Json, digest, is_digest, merkle_root
from shipworthy_verify.recount.labels.drawing import shuffled

KEYS: Final = "canaries/keys/"
ANSWERS: Final = "canaries/answers/"
_KEY: Final = {"judge", "judge_version", "labelled_set", "labelled_set_digest", "items"}
_ITEM: Final = {"item", "positive", "answer"}
_ANSWER: Final = {"run", "judge", "item", "expected", "answer", "after"}
_REPLIES: Final = {"yes", "no", "undecided"}
_OPENING: Final = ("no", "yes")
_DIED: Final = {"", "interrupted"}
_COUNTS: Final = (
    ("true_positives", True, {"yes"}),
    ("false_negatives", True, {"no", "undecided"}),
    ("true_negatives", False, {"no"}),
    ("false_positives", False, {"yes", "undecided"}),
)


def check_canaries(bundle: Bundle, refuse: Refuse) -> str:
    """15. Keys as planned; every run asked its canaries in the drawn order; none was changed."""
    plan = bundle.json("plan.json")
    if plan["canaries"].keys() != plan["judges"].keys():
        refuse("SV-PLAN-CANARIES", "the plan does not say for every judge what its canaries are")
    paths = bundle.under(KEYS, ".json")
    for judge, wanted in plan["canaries"].items():
        path = paths.pop(judge, None)
        if (digest(bundle.files[path]) if path else "") != wanted:
            refuse("SV-CANARY-KEY", f"the answer key of judge `{judge}` is not the one planned")
        elif path:
            for sentence in _key_faults(judge, bundle.json(path), _card(bundle, judge)):
                refuse("SV-CANARY-KEY", f"the answer key of judge `{judge}` {sentence}")
    for judge in paths:
        refuse("SV-CANARY-KEY", f"an answer key of judge `{judge}`, whose the plan does not name")
    total = sum(_check_run(bundle, run, refuse) for run in _runs(bundle))
    for run in sorted(
        bundle.under(ANSWERS, ".jsonl").keys() - {run["run"] for run in _runs(bundle)}
    ):
        refuse("SV-CANARY-RUN", f"there are canaries of run `{run}`, which the log does not know")
    wrong = sum(one["asked"] - one["agreed"] for one in canary_results(bundle).values())
    return f"{total} canaries, {wrong} answered otherwise than for the cards"


def _card(bundle: Bundle, judge: str) -> Json | None:
    path = f"cards/{judge}.json"
    found: Json | None = bundle.json(path) if path in bundle.files else None
    return found


def _key_faults(judge: str, key: Json, card: Json | None) -> Iterator[str]:
    names = [item["item"] for item in key["items"]]
    formed = set(key) == _KEY and all(
        set(item) == _ITEM and item["answer"] in _REPLIES and is_digest(item["item"])
        for item in key["items"]
    )
    if not formed or key["judge"] != judge or names != sorted(set(names)):
        yield "lacks its form"
        return
    answers = {item["answer"] for item in key["items"]}
    if not answers >= {*_OPENING} or {item["positive"] for item in key["items"]} != {True, False}:
        yield "lacks positives or negatives"
    if card and card["judge_version"] != key["judge_version"]:
        yield "is of another version of the judge than its card"
    if card and card["labelled_set_digest"] == key["labelled_set_digest"]:
        for name, positive, replies in _COUNTS:
            rows = [item for item in key["items"] if item["positive"] is positive]
            if sum(item["answer"] in replies for item in rows) != card[name]:
                yield f"does not have the `{name}` of its card"


def _check_run(bundle: Bundle, ended: Json, refuse: Refuse) -> int:
    run, path = ended["run"], f"{ANSWERS}{ended['run']}.jsonl"
    if path not in bundle.files:
        refuse("SV-CANARY-RUN", f"the canaries of run `{run}` are left out")
        return 0
    lines = [line for line, _ in bundle.lines(path)]
    sealed = (ended["canaries"], ended["canaries_root"])
    if (len(lines), f"sha256:{merkle_root(lines).hex()}") != sealed:
        refuse("SV-CANARY-ROOT", f"`{path}` holds other canaries than the log sealed")
    found = [answer for _, answer in bundle.lines(path)]
    if any(set(answer) != _ANSWER or answer["run"] != run for answer in found):
        refuse("SV-CANARY-ANSWER", f"`{path}` holds an answer of another form or run")
        return len(found)
    keys = _keys(bundle)
    asked = [(answer["judge"], answer["item"]) for answer in found]
    if asked != canary_order(keys, bundle.json("plan.json")["seed"], run)[: len(asked)]:
        refuse("SV-CANARY-ORDER", f"run `{run}` did not ask the canaries that were its turn")
    elif any(keys[a["judge"]][a["item"]] != a["expected"] for a in found):
        refuse("SV-CANARY-ANSWER", f"`{path}` expects another answer than the key has")
    after = [answer["after"] for answer in found]
    if after != sorted(after) or any(not 0 <= count <= ended["trials"] for count in after):
        refuse("SV-CANARY-ORDER", f"`{path}` does not say where among the trials a canary came")
    return len(found)


def canary_order(
    keys: Mapping[str, Mapping[str, str]], seed: int, run: str
) -> list[tuple[str, str]]:
    """Return judge and item of every canary of a run, in the order in which they are asked."""
    every = {f"{judge} {item}": (judge, item) for judge in keys for item in keys[judge]}
    mixed = [every[name] for name in shuffled(sorted(every), seed, "canaries", run)]
    opening: dict[tuple[str, str], tuple[str, str]] = {}
    for judge, item in mixed:
        if keys[judge][item] in _OPENING:
            opening.setdefault((judge, keys[judge][item]), (judge, item))
    first = [opening[which] for which in sorted(opening)]
    return [*first, *(one for one in mixed if one not in opening.values())]


def _keys(bundle: Bundle) -> dict[str, dict[str, str]]:
    """Return the answers expected of each judge whose key the plan names, by item."""
    planned = bundle.json("plan.json")["canaries"]
    return {
        judge: {item["item"]: item["answer"] for item in bundle.json(path)["items"]}
        for judge, path in bundle.under(KEYS, ".json").items()
        if planned.get(judge) == digest(bundle.files[path])
    }


def _runs(bundle: Bundle) -> list[Json]:
    """Return the ends of the runs, in the order of their starts."""
    ends = {entry["run"]: entry for entry in bundle.logged("run-ended")}
    opened = {"how": "", "trials": 0, "canaries": 0, "canaries_root": ""}
    return [
        ends.get(entry["run"], {**opened, "run": entry["run"]})
        for entry in bundle.logged("run-started")
    ]


def canary_results(bundle: Bundle) -> dict[str, Json]:
    """Return of each judge of the plan how often it was asked and right, and its objections."""
    if "canary results" not in bundle.read:
        keys, answers = _keys(bundle), bundle.under(ANSWERS, ".jsonl")
        runs = [
            (end, [answer for _, answer in bundle.lines(answers[end["run"]])])
            for end in _runs(bundle)
            if end["run"] in answers
        ]
        bundle.read["canary results"] = {
            judge: _result(judge, keys.get(judge), runs)
            for judge in bundle.json("plan.json")["judges"]
        }
    found: dict[str, Any] = bundle.read["canary results"]
    return found


def _result(judge: str, key: dict[str, str] | None, runs: list[tuple[Json, list[Json]]]) -> Json:
    expected = key or {}
    given = [answer for _, answers in runs for answer in answers if answer["judge"] == judge]
    wrong = [answer for answer in given if answer["answer"] != expected.get(answer["item"])]
    objections = [f"judge {judge} has no canaries"]
    if key is not None:
        objections = [*_unasked(judge, key, runs), *_drift(judge, wrong, len(given))]
    counts = {"items": len(expected), "asked": len(given), "agreed": len(given) - len(wrong)}
    return {**counts, "objections": objections}


def _unasked(judge: str, key: dict[str, str], runs: list[tuple[Json, list[Json]]]) -> Iterator[str]:
    whole, lacking = False, []
    for end, answers in runs:
        asked = {answer["item"] for answer in answers if answer["judge"] == judge}
        complete = key.keys() <= asked
        whole = whole or complete
        untried = end["how"] != "" and end["trials"] == 0
        opened = {key[item] for item in asked & key.keys()} >= {*_OPENING}
        if not complete and not (end["how"] in _DIED and (untried or opened)):
            lacking.append(end["run"])
    if lacking:
        yield f"judge {judge} was not asked its canaries in {', '.join(lacking)}"
    elif not whole:
        yield f"no run asked judge {judge} all its canaries"


def _drift(judge: str, wrong: list[Json], asked: int) -> Iterator[str]:
    if wrong:
        item, answer, expected = (wrong[0][part] for part in ("item", "answer", "expected"))
        yield (
            f"judge {judge} drifted: it answered {len(wrong)} of {asked} canaries otherwise than "
            f"for its card, first {item.removeprefix('sha256:')[:12]} with {answer}, not {expected}"
        )
