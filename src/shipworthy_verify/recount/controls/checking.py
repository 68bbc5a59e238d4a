"""Step 16: the test of controls is the one that the plan registers, and its counts are right.

Worlds and controls are programs that this verifier does not have: what an episode says happened is
checked for consistency and recounted, and never played again.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from shipworthy_verify.chain import Bundle, Refuse
from shipworthy_verify.reading import Json, digest, digest_of
from shipworthy_verify.recount.controls.counting import summaries
from shipworthy_verify.recount.controls.episodes import episode_faults
from shipworthy_verify.recount.controls.verdicts import verdict
from shipworthy_verify.sequential import gate_alpha

RECORD: Final = "controls.json"
SOURCE: Final = "controls.toml"
NO_CONTROL: Final[Json] = {"name": "no-control", "controls": []}
FORMAT: Final = "control-evaluation/1"
_AS_PLANNED: Final = ("name", "seed", "variants", "requirement", "worlds", "stacks")
_SCRIPT: Final = ("id", "world", "family", "role", "harm", "manners", "script")
_FIELDS: Final = {
    *("format", "alpha", "trajectories", "episodes", "summaries", "faults", "verdict"),
    *_AS_PLANNED,
}
Differences = Callable[[Any, Any, str], Iterator[str]]


def tested(bundle: Bundle) -> Json | None:
    """Return the record of the test, or nothing where the plan registers none."""
    if "controls" not in bundle.json("plan.json"):
        return None
    record: Json = bundle.json(RECORD)
    return record


def check_controls(bundle: Bundle, refuse: Refuse, differences: Differences) -> str:
    """16. As planned, logged once, every episode consistent, every count and limit recomputed."""
    plan, entries = bundle.json("plan.json"), bundle.logged("controls-tested")
    planned, record = plan.get("controls"), tested(bundle)
    if planned is None or record is None:
        if entries or {RECORD, SOURCE} & bundle.files.keys():
            refuse("SV-CONTROL-UNPLANNED", "a test of controls that the plan does not register")
        return "no test of controls"
    _check_logged(bundle, entries, refuse)
    if digest(bundle.data(SOURCE)) != planned["file"]:
        refuse("SV-CONTROL-PLAN", f"`{SOURCE}` is not the file that the plan names")
    for what in unlike_plan(record, planned, gate_alpha(plan)):
        refuse("SV-CONTROL-PLAN", f"the controls were tested with another `{what}` than planned")
    for sentence in script_faults(record):
        refuse("SV-CONTROL-SCRIPT", sentence)
    for sentence in episode_faults(record):
        refuse("SV-CONTROL-EPISODE", sentence)
    for sentence in miscounts(record, planned["budgets"], differences):
        refuse("SV-CONTROL-SUMMARY", sentence)
    found = verdict(planned["requirement"], record["summaries"], record["faults"])
    if record["verdict"] != found:
        refuse("SV-CONTROL-VERDICT", "the verdict is not what limits and requirement give")
    return f"{len(record['episodes'])} episodes of {len(record['stacks'])} stacks recounted"


def _check_logged(bundle: Bundle, entries: list[Json], refuse: Refuse) -> None:
    if len(entries) != 1:
        refuse("SV-CONTROL-LOG", f"the log has {len(entries)} tests of controls, not one")
    for entry in entries:
        if entry["plan"] != bundle.plan_digest or entry["record"] != digest(bundle.data(RECORD)):
            refuse("SV-CONTROL-LOG", f"`{RECORD}` is not the record that the log seals")
    order = [entry["type"] for entry in bundle.entries]
    if entries and "plan-registered" not in order[: order.index("controls-tested")]:
        refuse("SV-CONTROL-LOG", "the controls were tested before the plan was registered")


def unlike_plan(record: Json, planned: Json, alpha: str) -> Iterator[str]:
    """Yield what of a record is not as its plan has it, and what no plan may say."""
    if set(record) != _FIELDS or record["format"] != FORMAT:
        yield "form"
    for key in _AS_PLANNED:
        if record[key] != planned[key]:
            yield key
    if record["alpha"] != alpha:
        yield "alpha"
    if (
        digest_of([{key: one[key] for key in _SCRIPT} for one in record["trajectories"]])
        != (planned["scripts"])
    ):
        yield "scripts"
    if any(
        [point["budget"] for point in one["audits"]] != planned["budgets"]
        for one in record["summaries"]
    ):
        yield "budgets"
    names = [stack["name"] for stack in planned["stacks"]]
    if planned["stacks"][0] != NO_CONTROL or len(set(names)) != len(names):
        yield "stacks"
    if planned["deployed"] not in names[1:]:
        yield "deployed"


def miscounts(record: Json, budgets: list[str], differences: Differences) -> Iterator[str]:
    """Yield where counts, limits or faults are not what scripts and episodes give."""
    wanted, found = list(summaries(record, budgets)), record["summaries"]
    if [_of(one) for one in found] != [_of(one) for one in wanted]:
        yield "the test of controls has other summaries than stacks and worlds"
    for ours, theirs in zip(wanted, found, strict=False):
        for path in differences(_keyed(theirs), _keyed(ours), ""):
            yield f"`{path}` of {_of(theirs)} is not what the episodes give"
    idle = [f"{one['id']}: {one['fault']}" for one in record["trajectories"] if one["fault"]]
    if record["faults"] != idle:
        yield "the faults are not those of the scripts"


def _keyed(summary: Json) -> Json:
    """Return a summary whose audits can be told apart by their place."""
    return {**summary, "audits": {str(n): one for n, one in enumerate(summary["audits"])}}


def _of(summary: Json) -> tuple[str, str]:
    return summary["stack"], summary["world"] or "all worlds"


def script_faults(record: Json) -> Iterator[str]:
    """Yield where the scripts are not all variants of each family, or their assay is not one."""
    scripts, variants = record["trajectories"], record["variants"]
    worlds = {one["name"] for one in record["worlds"]}
    families = list(dict.fromkeys((one["world"], one["family"]) for one in scripts))
    wanted = [f"{world}/{family}/{n}" for world, family in families for n in range(variants)]
    if [one["id"] for one in scripts] != wanted or {world for world, _ in families} != worlds:
        yield "the scripts are not every variant of every family"
    for one in scripts:
        effect, fault = one["effect_at"], one["fault"]
        if one["role"] == "attack":
            right = fault == ("no-effect-without-control" if effect is None else "")
        else:
            right = effect is None and fault in {
                *("", "task-not-done-without-control", "harm-in-honest-work"),
            }
        if one["role"] not in {"attack", "honest"} or not right:
            yield f"script `{one['id']}` says something else of its run without control than shown"
