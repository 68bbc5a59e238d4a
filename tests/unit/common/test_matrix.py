"""The matrix: strength, hedges, silence, and what an encoding without topics must not be called."""

import msgspec
import pytest

from shipworthy.frameworks import load_framework
from shipworthy.frameworks.common import matrix
from shipworthy.frameworks.document import DomainCoverage
from shipworthy.frameworks.taxonomy import DOMAINS, TOPICS
from small_mappings import write_acorn, write_birch


@pytest.fixture
def documents(tmp_path):
    return [load_framework(write_acorn(tmp_path)), load_framework(write_birch(tmp_path))]


def cells(documents, row):
    return next(one.cells for one in matrix(documents) if one.id == row)


def test_there_is_a_row_for_every_topic_and_domain_and_a_cell_for_every_framework(documents):
    rows = matrix(documents)
    assert [row.id for row in rows] == [*TOPICS, *DOMAINS]
    assert all([cell.framework for cell in row.cells] == ["acorn", "birch"] for row in rows)


def test_a_cell_has_the_strongest_modality_and_says_whether_it_is_hedged(documents):
    acorn, birch = cells(documents, "thresholds")
    assert (acorn.strength, acorn.hedged, acorn.executed) == ("must", True, True)
    assert acorn.clauses == ("gate",)
    assert (birch.strength, birch.hedged) == ("must", False)
    assert birch.phrase == "no release with help for attacks that safeguards leave"
    assert birch.clauses == ("persuade", "attack")


def test_a_hedge_on_one_of_several_clauses_is_not_lost(documents):
    hard, soft = documents[1].clauses[0], documents[0].clauses[0]
    both = tuple(
        msgspec.structs.replace(one, id=name, modality="must", topics=("security",), domains=())
        for name, one in (("at-high", hard), ("at-critical", soft))
    )
    (cell,) = cells([msgspec.structs.replace(documents[1], clauses=both)], "security")
    assert (cell.hedged, cell.partly_hedged) == (False, True)
    acorn, birch = cells(documents, "thresholds")
    assert (acorn.partly_hedged, birch.partly_hedged) == (False, False)


def test_a_duty_that_only_lies_beside_what_runs_does_not_run(documents):
    duty = documents[0].clauses[1]
    both = (
        msgspec.structs.replace(duty, id="duty", modality="must", topics=("security",)),
        msgspec.structs.replace(
            documents[1].clauses[0], id="level", modality="recommend", topics=("security",)
        ),
    )
    (cell,) = cells([msgspec.structs.replace(documents[1], clauses=both)], "security")
    assert (cell.strength, cell.executed, cell.partly_executed) == ("must", False, True)


def test_a_possibility_that_no_rule_carries_out_is_said_as_such(documents):
    acorn, birch = cells(documents, "external-audit")
    assert (acorn.standing, acorn.strength, acorn.executed) == ("said", "may", False)
    assert (birch.standing, birch.strength, birch.clauses) == ("silent", "", ())


def test_an_encoding_that_sorts_nothing_is_never_called_silent(documents):
    bare = msgspec.structs.replace(
        documents[0],
        clauses=tuple(
            msgspec.structs.replace(one, topics=(), domains=()) for one in documents[0].clauses
        ),
    )
    assert {cell.standing for row in matrix([bare]) for cell in row.cells} == {"not-encoded"}


@pytest.mark.parametrize(
    ("phrase", "standing"),
    [("none", "silent"), ("None, by design", "silent"), ("yearly", "summary")],
)
def test_a_summary_without_a_clause_is_silence_only_when_it_says_so(documents, phrase, standing):
    said = msgspec.structs.replace(documents[1], summary={"cadence": phrase})
    (cell,) = cells([said], "cadence")
    assert (cell.standing, cell.phrase, cell.strength) == (standing, phrase, "")


def test_a_domain_that_a_source_leaves_out_is_told_apart_from_silence(documents):
    excluded = DomainCoverage(
        domain="nuclear", standing="excluded", clauses=(), reason="handled elsewhere"
    )
    tracked = DomainCoverage(domain="fraud", standing="tracked", clauses=("seal",), reason="")
    said = msgspec.structs.replace(documents[1], coverage=(excluded, tracked))
    (cell,) = cells([said], "nuclear")
    assert (cell.standing, cell.phrase) == ("excluded", "handled elsewhere")
    (cell,) = cells([said], "fraud")
    assert (cell.standing, cell.coverage, cell.clauses) == ("said", "tracked", ("seal",))
