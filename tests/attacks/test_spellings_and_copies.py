"""Names that look alike, scenarios that are there twice, numbers and times in odd spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from early_ends import replan
from shipworthy.kernel import digest_of
from shipworthy.records import GateQuestion
from shipworthy_verify.recount.registry import question_digest

REGISTRY = "registry/entries.jsonl"
LOG = "log/entries.jsonl"
STALE = {"SV-SIGNOFF-DECISION"}
"""Sign-offs do not outlive another plan; that is not what these tests are about."""


def asked(subject):
    return {"framework": "f", "gate": "deploy", "deployment": "api", "subject": subject}


@pytest.mark.parametrize(
    "name",
    [
        "BANK  ASSISTANT",
        "bank-assistant!",
        "Bank assist\u0430nt",
        "\u0412\u0430nk \u0430ssist\u0430nt",
        "Bank ass\u0131stant",
        "Bank assistant\u3164",
        "\u115fBank\uffa0assistant",
        "Ba\u0301nk assistant",
        "B\u00e1nk assistant",
        "Ba\u034f\u0301nk assistant",
        "\uff22\uff41\uff4e\uff4b assistant",
    ],
)
def test_a_name_that_looks_the_same_is_the_same_product(name):
    same = GateQuestion(**asked("Bank assistant")).digest
    assert GateQuestion(**asked(name)).digest == question_digest(asked(name)) == same


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_both_programs_fold_every_name_alike(name):
    assert GateQuestion(**asked(name)).digest == question_digest(asked(name))


def test_another_word_is_another_product():
    one, other = (GateQuestion(**asked(name)).digest for name in ("Bank one", "Bank two"))
    assert one != other


def test_a_scenario_that_is_there_twice_under_two_ids_is_refused(forge):
    """Else a pack that is listed again under other ids halves every limit."""
    known = forge.json("scenarios.json")
    first, second = [name for name in sorted(known) if name.startswith("secrets")][:2]
    copied = {**known[first]["scenario"], "id": second, "title": "another title"}
    entry = {"scenario": copied, "digest": digest_of(copied)}
    forge.edit("scenarios.json", lambda document: document.update({second: entry}))

    def planned(plan):
        for item in plan["items"]:
            if item["scenario"] == second:
                item["scenario_digest"] = entry["digest"]

    replan(forge, planned)
    assert forge.codes() - STALE == {"SV-SCENARIO"}


@pytest.mark.parametrize(
    "spelling",
    [
        "1/20",
        "5e-2",
        " 0.05",
        "0.0_5",
        "+0.05",
        "\u0660.\u0660\u0665",
        "-0.05",
        "nan",
        "0",
        "1e-999999999",
    ],
)
@pytest.mark.parametrize("field", ["of all submissions", "of this one"])
def test_a_level_has_one_spelling(forge, spelling, field):
    """Among them a number that would keep a computer busy for hours."""

    def change(plan):
        (plan if field == "of all submissions" else plan["submission"]).update(alpha=spelling)

    replan(forge, change)
    assert "SV-REGISTRY-ALPHA" in forge.codes()


@pytest.mark.parametrize("at", ["", "2026-11-22", "9999", "2026-11-22T04:00:00+09:00", None, 7])
def test_a_time_that_does_not_sort_is_refused(forge, at):
    """An entry without a time would be older than any log."""
    forge.edit_lines(REGISTRY, lambda entries: [{**one, "at": at} for one in entries])
    forge.reseal()
    assert "SV-REGISTRY-ENTRY" in forge.codes()


def test_a_time_of_the_log_that_does_not_sort_is_refused(forge):
    forge.edit_lines(LOG, lambda entries: [{**one, "at": ""} for one in entries])
    forge.reseal()
    assert "SV-LOG-ENTRY" in forge.codes()


@pytest.mark.parametrize("field", ["plan", "question"])
def test_an_entry_of_the_registry_names_digests(forge, field):
    forge.edit_lines(REGISTRY, lambda known: [{**known[0], field: "x"}, *known[1:]])
    forge.reseal()
    assert "SV-REGISTRY-ENTRY" in forge.codes()


@pytest.mark.parametrize("text", ["<![foo[x]]>", "<![if x[ y ]]>", "<!foo [", "<!a'"])
def test_a_page_at_which_the_parser_gives_up_is_refused(forge, text):
    forge.replace("report.html", "</main>", f"{text}</main>")
    forge.reseal()
    assert "SV-REPORT-MARKUP" in forge.codes()


def test_levels_that_ask_each_other_again_and_again_do_not_take_for_ever(forge):
    """Each of forty levels asks the one before it twice: a million million questions."""

    def grow(book):
        first = next(field for field in book["fields"] if field["name"] == "exposure")
        before = first["name"]
        for number in range(40):
            asked_of = {"type": "atom", "field": before, "operator": "==", "value": "high"}
            twice = {"type": "all", "of": [{**asked_of, "bound": None}] * 2}
            before = f"level-{number}"
            definitions = [{"level": "high", "when": twice}]
            book["fields"].append({**first, "name": before, "definitions": definitions})

    forge.edit("rulebook.json", grow)
    forge.reseal()
    assert "SV-DECISION-LEVEL" in forge.codes()
