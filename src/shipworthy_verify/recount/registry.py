"""Step 14: the registry of the project, and what earlier submissions leave to this one."""

import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from shipworthy_verify.chain import REGISTRY, Bundle, Refuse
from shipworthy_verify.reading import (
    Json,
    Refused,
    digest_of,
    is_digest,
    is_time,
    merkle_root,
)
from shipworthy_verify.rules import decimal
from shipworthy_verify.sequential import part_of, read_level
from shipworthy_verify.signatures import open_checkpoint

SPENT: Final = "an earlier submission of this question was to be the only one"
IMPORTED: Final = "imported from logs: nothing was registered before it ran"
EXTERNAL: Final = "another program ran and scored it: its errors are not known here"
_LOOK_ALIKES: Final = str.maketrans(
    "аеорсухіјѕԁԛԝһӏвмнктαβεζηικμνορτυχıɑɡ",
    "aeopcyxijsdqwhlbmhktabezhikmnoptyxiag",
)
"""Small Cyrillic, Greek and other letters, of which a form looks like a Latin letter, to that."""
_FILLERS: Final = "\u115f\u1160"
"""Letters that are not seen."""
_LINES: Final = "registry/entries.jsonl"
_NOTE: Final = "registry/checkpoint"
_ENTRY: Final = {"type", "plan", "question", "number", "spending", "scenarios", "at"}


@dataclass(frozen=True, slots=True)
class Attacked:
    """A scenario that adversarial items try, by its digests in the registry."""

    domain: str
    id: str
    content: str

    @property
    def mark(self) -> Json:
        """What an entry holds of it."""
        return {"id": self.id, "content": self.content}


@dataclass(frozen=True, slots=True)
class Standing:
    """A plan among the entries of the registry; `elsewhere` are earlier ones of other questions."""

    own: list[Json]
    earlier: list[Json]
    later: list[Json]
    elsewhere: list[Json]
    attacked: dict[str, Attacked]
    imported: bool = False
    external: bool = False

    def used(self, entries: Iterable[Json]) -> set[str]:
        """Return the attacked scenarios of which an entry tried the id or the content."""
        tried = [mark for entry in entries for mark in entry["scenarios"]]
        ids, contents = {mark["id"] for mark in tried}, {mark["content"] for mark in tried}
        return {
            name for name, one in self.attacked.items() if one.id in ids or one.content in contents
        }

    def repeated(self) -> Iterator[tuple[str, str]]:
        """Yield scenarios under attack, each with an earlier one that has the same content."""
        first: dict[str, str] = {}
        for name, one in sorted(self.attacked.items()):
            if first.setdefault(one.content, name) != name:
                yield first[one.content], name

    def against(self, metric: str, domain: str) -> list[str]:
        """Return the blockers that earlier submissions put on a finding (claims.md)."""
        planned = {name for name, one in self.attacked.items() if one.domain == domain}
        tried = planned & self.used(self.earlier)
        found = []
        if metric == "asr" and tried:
            words = "scenarios were tried in an earlier submission"
            found.append(f"{len(tried)} of {len(planned)} {words}")
        if any(entry["spending"] == "single" for entry in self.earlier):
            found.append(SPENT)
        if self.imported:
            found.append(IMPORTED)
        if self.external:
            found.append(EXTERNAL)
        return found

    def claims(self, plan: Json) -> dict[str, int]:
        """Return the values of the claims about the submission."""
        reused = self.used(self.earlier)
        return {
            "number": plan["submission"]["number"],
            "earlier": len(self.earlier),
            "later": len(self.later),
            "scenarios": len(self.attacked),
            "fresh": len(self.attacked) - len(reused),
            "elsewhere": len(self.used(self.elsewhere)),
        }


def check_registry(bundle: Bundle, refuse: Refuse) -> str:
    """14. Signed, in order; this plan is the submission it says, at the level that is left."""
    leaves = _check_signed(bundle, refuse)
    _check_order(entries(bundle), refuse)
    plan, found = bundle.json("plan.json"), standing(bundle)
    submission = plan["submission"]
    _check_question(bundle, plan, refuse)
    if len(found.own) != 1:
        refuse("SV-REGISTRY-PLAN", f"the registry holds this plan {len(found.own)} times, not once")
    for own in found.own:
        marks = sorted((one.mark for one in found.attacked.values()), key=_by_digests)
        ours = (question_digest(submission["question"]), submission["spending"], marks)
        if (own["question"], own["spending"], own["scenarios"]) != ours:
            refuse("SV-REGISTRY-PLAN", "the registry says otherwise of this plan than the plan")
        _check_times(bundle, own, found, refuse)
    if submission["number"] != 1 + len(found.earlier):
        refuse(
            "SV-REGISTRY-NUMBER",
            f"the plan says submission {submission['number']}; {len(found.earlier)} came before it",
        )
    _check_level(plan, bundle.json("rulebook.json"), refuse)
    return (
        f"{leaves} campaigns; submission {submission['number']} of its question, "
        f"{len(found.later)} later"
    )


def standing(bundle: Bundle) -> Standing:
    """Return where the plan stands; an unregistered one comes after all."""
    known = entries(bundle)
    plan = bundle.json("plan.json")
    asked = question_digest(plan["submission"]["question"])
    places = [i for i, entry in enumerate(known) if entry["plan"] == bundle.plan_digest]
    place = places[0] if places else len(known)
    before, after = known[:place], known[place + 1 :]
    return Standing(
        own=[known[index] for index in places],
        earlier=[entry for entry in before if entry["question"] == asked],
        later=[entry for entry in after if entry["question"] == asked],
        elsewhere=[entry for entry in before if entry["question"] != asked],
        attacked=_attacked(plan, bundle.json("scenarios.json")),
        imported="imported" in plan,
        external="external" in plan,
    )


def entries(bundle: Bundle) -> list[Json]:
    """Return the entries of the registry.

    Raises:
        Refused: `SV-FILE-MISSING`.
    """
    if not bundle.files.keys() >= {_LINES, _NOTE}:
        raise Refused("SV-FILE-MISSING", "the registry is missing")
    return [entry for _, entry in bundle.lines(_LINES)]


def question_digest(question: Json) -> str:
    """Return the digest of a question: of its subject, only letters and digits count."""
    subject = folded(question["subject"])
    words = [question[key] for key in ("framework", "gate", "deployment")]
    return digest_of(["question", *words, subject])


def _attacked(plan: Json, scenarios: Json) -> dict[str, Attacked]:
    names = {item["scenario"] for item in plan["items"] if item["role"] == "adversarial"}
    found = {}
    for name in names:
        one = scenarios[name]["scenario"]
        keys = ("public_context", "confidential_context", "request", "check", "tools")
        content = digest_of(["scenario-content", *(one[key] for key in keys)])
        found[name] = Attacked(one["domain"], digest_of(["scenario", name]), content)
    return found


def _by_digests(mark: Json) -> tuple[str, str]:
    return mark["id"], mark["content"]


def _check_signed(bundle: Bundle, refuse: Refuse) -> int:
    """Signed by the runner as a registry, over these entries, after those signed before."""
    entries(bundle)
    leaves = [line for line, _ in bundle.lines(_LINES)]
    public = bundle.keys[bundle.runner]
    note = open_checkpoint(bundle.files[_NOTE], public, _NOTE)
    if note.origin != REGISTRY or note.size != len(leaves) or merkle_root(leaves) != note.root:
        refuse("SV-REGISTRY-CHECKPOINT", "the registry's checkpoint signs something else than it")
    if bundle.earlier is not None:
        earlier = open_checkpoint(bundle.earlier, public, "the earlier checkpoint")
        known = leaves[: earlier.size]
        same = len(known) == earlier.size and merkle_root(known) == earlier.root
        if earlier.origin == REGISTRY and not same:
            refuse("SV-REGISTRY-FORK", "the registry does not extend the earlier checkpoint")
    return len(leaves)


def _check_order(known: list[Json], refuse: Refuse) -> None:
    """Every entry is of its form and has the number that those before it give it."""
    asked: Counter[str] = Counter()
    plans: set[str] = set()
    for entry in known:
        marks = entry["scenarios"]
        if (
            set(entry) != _ENTRY
            or entry["type"] != "campaign-registered"
            or entry["spending"] not in {"series", "single"}
            or not all(set(mark) == {"id", "content"} for mark in marks)
            or not all(is_digest(value) for mark in marks for value in mark.values())
            or not all(is_digest(entry[key]) for key in ("plan", "question"))
            or not is_time(entry["at"])
        ):
            raise Refused("SV-REGISTRY-ENTRY", "the registry holds an entry of unknown form")
        asked[entry["question"]] += 1
        if entry["number"] != asked[entry["question"]] or entry["plan"] in plans:
            refuse("SV-REGISTRY-ENTRY", f"the entry of plan `{entry['plan']}` is out of place")
        plans.add(entry["plan"])


def _check_question(bundle: Bundle, plan: Json, refuse: Refuse) -> None:
    question = plan["submission"]["question"]
    try:
        subject = tomllib.loads(bundle.data("assessment.toml").decode())["subject"]["name"]
    except ValueError:
        raise Refused("SV-REGISTRY-QUESTION", "`assessment.toml` is not readable") from None
    expected = {
        "framework": bundle.json("rulebook.json")["id"],
        "gate": bundle.json("decision.json")["gate"],
        "deployment": plan["deployment"],
        "subject": subject,
    }
    if question != expected:
        refuse("SV-REGISTRY-QUESTION", "the plan names another question than it was made for")


def _check_level(plan: Json, rulebook: Json, refuse: Refuse) -> None:
    """The level follows from the number; the total is one that the framework accepts."""
    submission, total = plan["submission"], read_level(plan["alpha"])
    single = submission["spending"] == "single"
    wanted = total if single else part_of(total, submission["number"])
    if read_level(submission["alpha"]) != wanted or (single and submission["number"] != 1):
        refuse("SV-REGISTRY-ALPHA", f"level {submission['alpha']} is not what is left to spend")
    if total > (decimal(rulebook["alpha"]) or 0):
        refuse("SV-REGISTRY-ALPHA", "all submissions together may err more than is accepted")


def _check_times(bundle: Bundle, own: Json, found: Standing, refuse: Refuse) -> None:
    registered = [entry["at"] for entry in bundle.logged("plan-registered")]
    if any(at < own["at"] for at in registered):
        refuse("SV-REGISTRY-TIME", "the plan was in the log before it was in the registry")
    started = [entry["at"] for entry in bundle.logged("run-started")]
    for entry in found.later:
        if found.used([entry]) and any(at > entry["at"] for at in started):
            refuse(
                "SV-REGISTRY-TIME",
                f"a run started after submission {entry['number']}, which uses its scenarios",
            )


def folded(name: str) -> str:
    """Return the letters and digits of a product's name; what looks alike is the same (9.1)."""
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_LOOK_ALIKES)
    return "".join(sign for sign in plain if sign.isalnum() and sign not in _FILLERS)
