"""What `framework check` and `framework show` say of a framework beside its rules."""

from pathlib import Path

import pytest

from assessments import shipworthy
from full_framework import FULL
from shipworthy.cli.frameworks.texts.framework_text import framework_lines
from shipworthy.frameworks import framework_ids, load_framework, read_framework
from shipworthy.frameworks.language.carried_out import clauses_carried_out


@pytest.fixture
def full(tmp_path) -> Path:
    file = tmp_path / "full.yaml"
    file.write_text(FULL)
    return file


def test_every_clause_is_counted_once(full):
    found = clauses_carried_out(read_framework(full))
    assert found.by_rules == ("c1",)
    assert found.by_definitions == ("c2", "c3")
    assert found.text_only == {"about people": ("c4",)}
    assert (found.executed, found.clauses) == (3, 4)


@pytest.mark.parametrize("name", framework_ids())
def test_every_clause_of_the_library_runs_or_says_why_not(name):
    document = load_framework(name)
    found = clauses_carried_out(document)
    text_only = [clause for clauses in found.text_only.values() for clause in clauses]
    named = [*found.by_rules, *found.by_definitions, *text_only]
    assert sorted(named) == sorted(clause.id for clause in document.clauses)
    counts = [len(clauses) for clauses in found.text_only.values()]
    assert counts == sorted(counts, reverse=True)


def test_check_prints_the_score_of_the_encoding(full):
    done = shipworthy("framework", "check", full)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:4] == [
        "example 1: 1 rules, well formed",
        "3 of 4 clauses are carried out: 1 by rules, 2 by definitions or the scope alone",
        "text only: 1",
        "    1  about people",
    ]


SHOWN = """\
  in force from 2026-01-01 until 2026-12-31
  review promised by 2026-06-30
  replaces example-0
  for models with compute >= 100
  practicable              “where practicable” in c1; feasibility, used by the developer; cost; \
bounded by nothing
                           releases rule r1, requirement q1
                           releases requirement q1, `mid` of worst
  residual                 “residual risk”; what remains of severe risk; rests on severe
  severe                   “severe”; not defined
  cyber                    threshold; (c1)
  nuclear                  excluded; left to states
  ctf                      exercises; phase: before; elicitation: tools; \
cadence: at each model; (c1)
  since 0.9                hold clause removed; (old:c9, c1)
  missing-deadline         at c1; a gate
    requires cyber < critical (illustrative; bound not stated; unless hedge practicable or others \
is used)
    else at most `stop`, unless hedge practicable is used
    `mid` when cyber >= high, unless hedge others is used
  compute                  1e24 operations (upper of an estimate), stated by lead
  board                    oversees (described, not named)
  c4                       lead or board
  escalation               absent
  go-no-go                 present; yes it is; (c4)
  a looser change          lead, board
  notice                   30 days
  what is loosened         has to be listed
  change log               hedged"""


@pytest.mark.parametrize("line", SHOWN.splitlines())
def test_show_has_every_layer(full, line):
    assert line in framework_lines(read_framework(full), "")


def test_a_layer_that_is_absent_is_not_shown():
    lines = list(framework_lines(load_framework("starter"), ""))
    for title in ("Hedges", "Terms", "Methods of evaluation", "Exempt from lint"):
        assert title not in lines
