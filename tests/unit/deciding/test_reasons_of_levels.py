"""Reasons that come from fields derived of fields."""

import msgspec

from shipworthy.frameworks import Case, Evidence, compile_rulebook, load_framework
from shipworthy.records import Atom, LevelDefinition, LevelField
from shipworthy.stages.deciding.reasons import explain
from shipworthy.vocabulary import DeploymentType, Truth

RULEBOOK = compile_rulebook(load_framework("starter"))


def chained(levels: int) -> tuple[LevelField, ...]:
    """Fields of which each asks the one below it twice; the lowest asks for the owner."""
    return tuple(
        LevelField(
            name=f"chained-{number}",
            levels=("low", "middle", "high"),
            riskier="up",
            definitions=tuple(
                LevelDefinition(
                    level=level,
                    when=Atom(field=f"chained-{number - 1}", operator=">=", value="middle")
                    if number
                    else Atom(field="named-owner", operator="==", value="no"),
                )
                for level in ("middle", "high")
            ),
        )
        for number in range(levels)
    )


def test_fields_that_ask_one_another_twice_are_explained_once_each():
    top = Atom(field="chained-39", operator="==", value="low")
    book = msgspec.structs.replace(RULEBOOK, fields=(*RULEBOOK.fields, *chained(40)))
    case = Case(book, Evidence({}, {"named-owner": "yes"}, DeploymentType.LIMITED))
    (reason,) = explain(top, case)
    assert (reason.why, reason.reached) == ("`named-owner` is `yes`", Truth.TRUE)
    assert reason.flip == "broken if `named-owner` were `no`"
    unknown = Case(book, Evidence({}, {}, DeploymentType.LIMITED))
    (reason,) = explain(top, unknown)
    assert (reason.why, reason.reached) == ("nobody has judged `named-owner`", Truth.UNKNOWN)
