"""Sign-off: signatures can lower a ruling, never raise it (`spec/semantics.md`, section 10)."""

import msgspec
import pytest

from shipworthy.kernel import digest_text
from shipworthy.records import Decision, SignOff
from shipworthy.stages.deciding import SignOffState, sign_off_state
from shipworthy.vocabulary import Ruling

HOLDERS = {"lead": ("ada", "bo"), "executive": ("cy", "ada")}
NOON = "2026-11-22T12:00:00Z"


def decision(ruling: str = "go", roles: tuple[str, ...] = ("lead", "executive")) -> Decision:
    return Decision(
        subject=digest_text("m"),
        plan=digest_text("p"),
        framework="t 1",
        rulebook=digest_text("r"),
        deployment="internal",
        gate="deploy",
        ruling=ruling,  # type: ignore[arg-type]
        level_worst="deploy",
        level_best="deploy",
        levels=(),
        rules=(),
        requirements=(),
        determining=(),
        missing=(),
        flip="",
        roles=roles,
        drafted_at="2026-11-22T00:00:00Z",
        expires_at="2026-12-22T00:00:00Z",
    )


def signed(
    role: str,
    person: str,
    position: str = "go",
    at: str = "2026-11-22T10:00:00Z",
    draft: Decision | None = None,
) -> SignOff:
    return SignOff(
        decision=(draft or decision()).digest,
        role=role,
        person=person,
        position=position,  # type: ignore[arg-type]
        rationale="seen",
        signed_at=at,
    )


def state(*sign_offs: SignOff, draft: Decision | None = None, at: str = NOON) -> SignOffState:
    return sign_off_state(draft or decision(), sign_offs, HOLDERS, at=at)


def test_a_go_stands_when_every_role_signed_it():
    found = state(signed("lead", "bo"), signed("executive", "cy"))
    assert (found.standing, found.signed, found.missing) == (
        Ruling.GO,
        ("lead", "executive"),
        (),
    )


def test_a_go_with_a_missing_role_is_inconclusive():
    found = state(signed("lead", "bo"))
    assert (found.standing, found.missing) == (Ruling.INCONCLUSIVE, ("executive",))


def test_dissent_turns_a_go_into_a_no_go():
    found = state(signed("lead", "bo", "no-go"), signed("executive", "cy"))
    assert found.standing is Ruling.NO_GO
    assert [sign_off.person for sign_off in found.dissent] == ["bo"]


@pytest.mark.parametrize(
    ("ruling", "standing"), [("no-go", Ruling.NO_GO), ("inconclusive", Ruling.INCONCLUSIVE)]
)
def test_signatures_never_raise_a_ruling(ruling, standing):
    draft = decision(ruling)
    signatures = [signed("lead", "bo", draft=draft), signed("executive", "cy", draft=draft)]
    assert state(*signatures, draft=draft).standing is standing


def test_dissent_lowers_an_inconclusive_draft():
    draft = decision("inconclusive")
    assert state(signed("lead", "bo", "no-go", draft=draft), draft=draft).standing is Ruling.NO_GO


def test_an_expired_go_is_inconclusive():
    signatures = (signed("lead", "bo"), signed("executive", "cy"))
    found = state(*signatures, at="2026-12-22T00:00:01Z")
    assert (found.standing, found.expired) == (Ruling.INCONCLUSIVE, True)


def test_one_person_cannot_sign_in_two_roles():
    found = state(signed("lead", "ada"), signed("executive", "ada", at="2026-11-22T11:00:00Z"))
    assert (found.standing, found.missing) == (Ruling.INCONCLUSIVE, ("executive",))
    assert found.ignored[0].reason == "`ada` already signed as `lead`"


def test_a_dissent_counts_even_in_a_second_role():
    found = state(
        signed("lead", "ada"), signed("executive", "ada", "no-go", at="2026-11-22T11:00:00Z")
    )
    assert found.standing is Ruling.NO_GO


def test_the_last_word_of_a_person_counts():
    withdrawn = state(
        signed("lead", "bo"),
        signed("executive", "cy"),
        signed("lead", "bo", "no-go", at="2026-11-22T11:00:00Z"),
    )
    assert withdrawn.standing is Ruling.NO_GO
    assert withdrawn.ignored[0].reason == "replaced by a later signature"


def test_of_two_words_at_the_same_second_the_refusal_counts():
    found = state(signed("lead", "bo", "no-go"), signed("lead", "bo"), signed("executive", "cy"))
    assert found.standing is Ruling.NO_GO


@pytest.mark.parametrize(
    ("sign_off", "reason"),
    [
        (signed("lead", "bo", draft=decision("no-go")), "signs another draft"),
        (signed("intern", "bo"), "role `intern` is not asked to sign"),
        (signed("lead", "cy"), "`cy` does not hold role `lead`"),
        (signed("lead", "bo", at="2026-11-21T23:59:59Z"), "signed outside the draft's period"),
        (signed("lead", "bo", at="2026-12-22T00:00:01Z"), "signed outside the draft's period"),
    ],
)
def test_a_sign_off_that_does_not_fit_is_ignored_with_a_reason(sign_off, reason):
    found = state(sign_off, signed("executive", "cy"))
    assert (found.standing, found.missing) == (Ruling.INCONCLUSIVE, ("lead",))
    assert found.ignored[0].reason == reason


def test_a_changed_draft_loses_its_signatures():
    changed = msgspec.structs.replace(decision(), deployment="open-weights")
    found = state(signed("lead", "bo"), signed("executive", "cy"), draft=changed)
    assert (found.standing, found.signed) == (Ruling.INCONCLUSIVE, ())


def test_without_roles_nobody_decided():
    draft = decision(roles=())
    assert state(draft=draft).standing is Ruling.INCONCLUSIVE
