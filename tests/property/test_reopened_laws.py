"""Laws of live evidence (`spec/semantics.md`, 13): it lowers, and only a new draft answers it."""

import itertools

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shipworthy.kernel import digest_text
from shipworthy.records import (
    ConfirmationLogged,
    Decision,
    DecisionReopened,
    LiveTerms,
    SignOff,
)
from shipworthy.stages.deciding import LiveEvidence, sign_off_state
from shipworthy.stages.deciding.standing import NOTHING, ROLL_BACK, strictest
from shipworthy.vocabulary import DeploymentType, Ruling

ROLES = {"lead": "ada", "executive": "cy"}
HOLDERS = {role: (person,) for role, person in ROLES.items()}
PLAN = digest_text("plan")
RANK = {Ruling.NO_GO: 0, Ruling.INCONCLUSIVE: 1, Ruling.GO: 2}


def hour(number):
    return f"2026-11-{1 + number // 24:02}T{number % 24:02}:00:00Z"


def draft_of(at, answers=(), days=0, ruling="go"):
    return Decision(
        subject=digest_text("m"),
        plan=PLAN,
        framework="t 1",
        rulebook=digest_text("r"),
        deployment="closed-product",
        gate="deploy",
        ruling=ruling,
        level_worst="deploy",
        level_best="deploy",
        levels=(),
        rules=(),
        requirements=(),
        determining=(),
        missing=(),
        flip="",
        roles=tuple(ROLES),
        drafted_at=hour(at),
        expires_at="2027-12-22T00:00:00Z",
        live=LiveTerms(
            answers=tuple(answers),
            confirmation_days=days,
            confirmation_deployment="production" if days else "",
        ),
    )


def signed(draft, at, position="go"):
    return [
        SignOff(
            decision=draft.digest,
            role=role,
            person=person,
            position=position,
            rationale="read it",
            signed_at=hour(at),
        )
        for role, person in ROLES.items()
    ]


def reopened(draft, at, action="expire", to=""):
    return DecisionReopened(
        plan=PLAN,
        decision=draft.digest,
        cause="the rate left its band",
        action=action,
        to=to,
        incident="",
        by="monitor",
        envelope=digest_text(f"reopening {at} {action} {to}"),
        at=hour(at),
    )


def confirmation(at, verdict, hours=24 * 7, deployment="production"):
    return ConfirmationLogged(
        plan=PLAN,
        confirmation=digest_text(f"confirmation {at} {verdict} {deployment}"),
        deployment=deployment,
        verdict=verdict,
        expires_at=hour(at + hours),
        at=hour(at),
    )


def state(draft, sign_offs, live, at=200):
    return sign_off_state(draft, sign_offs, HOLDERS, at=hour(at), live=live)


reopenings = st.builds(
    lambda at, asked: reopened(draft_of(0), at, *asked),
    st.integers(1, 100),
    st.sampled_from(
        [("expire",), ("roll-back",), ("restrict", "internal"), ("restrict", "limited")]
    ),
)
confirmations = st.builds(
    confirmation, st.integers(1, 150), st.sampled_from(["confirmed", "defect", "inconclusive"])
)


@given(st.data())
def test_no_sequence_of_events_lets_a_reopened_decision_stand_as_go_without_a_new_draft(data):
    drafts = [draft_of(0)]
    sign_offs, opened, confirmed = [], [], []
    events = st.sampled_from(["sign", "dissent", "reopen", "confirm", "redraft"])
    for moment, event in enumerate(data.draw(st.lists(events, max_size=12)), start=1):
        match event:
            case "sign":
                # People may sign any draft there ever was, again and again.
                sign_offs += signed(data.draw(st.sampled_from(drafts)), moment)
            case "dissent":
                sign_offs += signed(drafts[-1], moment, "no-go")
            case "reopen":
                opened.append(reopened(drafts[-1], moment))
            case "confirm":
                verdict = data.draw(st.sampled_from(["confirmed", "defect", "inconclusive"]))
                confirmed.append(confirmation(moment, verdict))
            case "redraft":
                known = LiveEvidence(tuple(opened), tuple(confirmed))
                drafts.append(draft_of(moment, known.to_answer))
        live = LiveEvidence(tuple(opened), tuple(confirmed))
        for draft in drafts:
            found = state(draft, sign_offs, live, moment)
            unanswered = set(live.to_answer) - set(draft.live_terms.answers)
            if unanswered:
                assert found.standing is not Ruling.GO
            if opened and len(found.signed) < len(ROLES):
                # Naming a re-opening answers nothing before people sign.
                assert found.live.open
                assert found.live.meanwhile != draft.deployment
            if found.standing is Ruling.GO:
                assert {one.decision for one in found.counted} == {draft.digest}


@given(
    st.lists(reopenings, max_size=5),
    reopenings,
    st.lists(confirmations, max_size=3),
    st.sampled_from(["go", "no-go", "inconclusive"]),
    st.sampled_from([0, 7]),
)
def test_a_reopening_never_raises_a_standing_or_what_may_run(known, more, asked, ruling, days):
    draft = draft_of(0, days=days, ruling=ruling)
    sign_offs = signed(draft, 1)
    before = state(draft, sign_offs, LiveEvidence(tuple(known), tuple(asked)))
    after = state(draft, sign_offs, LiveEvidence((*known, more), tuple(asked)))
    assert RANK[after.standing] <= RANK[before.standing]
    meanwhile = [before.live.meanwhile, after.live.meanwhile]
    assert strictest(meanwhile) == after.live.meanwhile


@given(st.lists(reopenings, max_size=4), st.lists(confirmations, max_size=4), st.integers(0, 300))
def test_live_evidence_never_raises_what_signatures_give(opened, asked, at):
    for days, ruling in itertools.product((0, 2), ("go", "no-go", "inconclusive")):
        draft = draft_of(0, days=days, ruling=ruling)
        for sign_offs in ([], signed(draft, 1), signed(draft, 1, "no-go")):
            found = state(draft, sign_offs, LiveEvidence(tuple(opened), tuple(asked)), at)
            assert RANK[found.standing] <= RANK[found.by_signatures]


@given(st.lists(reopenings, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_reopenings_changes_nothing(opened, random):
    draft = draft_of(0)
    shuffled = random.sample(opened, len(opened))
    first = state(draft, signed(draft, 1), LiveEvidence(tuple(opened)))
    second = state(draft, signed(draft, 1), LiveEvidence(tuple(shuffled)))
    assert first.standing is second.standing
    assert first.live.meanwhile == second.live.meanwhile


def test_a_new_draft_that_answers_stands_as_go_once_people_sign_it_and_not_before():
    old = draft_of(0)
    opened = reopened(old, 5)
    live = LiveEvidence((opened,))
    new = draft_of(6, live.to_answer)
    assert new.digest != old.digest
    assert state(new, signed(old, 7), live).standing is Ruling.INCONCLUSIVE
    assert state(new, signed(new, 7), live).standing is Ruling.GO
    assert state(old, signed(old, 7), live).standing is Ruling.INCONCLUSIVE


def test_a_reopening_after_the_new_draft_reopens_that_too():
    first = reopened(draft_of(0), 5)
    new = draft_of(6, [first.envelope])
    live = LiveEvidence((first, reopened(new, 8)))
    assert state(new, signed(new, 7), live).standing is Ruling.INCONCLUSIVE


# Clause 13.5, every row.

_SIGNED = {"go": "go", "inconclusive": "inconclusive", "no-go": "no-go"}
_EXPECTED = {
    # by signatures: (nothing, expire, restrict, roll-back, defect, confirmation wanting)
    "go": ("go", "inconclusive", "inconclusive", "no-go", "no-go", "inconclusive"),
    "inconclusive": (*["inconclusive"] * 3, "no-go", "no-go", "inconclusive"),
    "no-go": ("no-go",) * 6,
}


def test_the_truth_table_of_clause_13_5():
    for ruling, expected in _EXPECTED.items():
        plain = draft_of(0, ruling=ruling)
        asking = draft_of(0, days=7, ruling=ruling)
        cases = (
            (plain, LiveEvidence()),
            (plain, LiveEvidence((reopened(plain, 5),))),
            (plain, LiveEvidence((reopened(plain, 5, "restrict", "internal"),))),
            (plain, LiveEvidence((reopened(plain, 5, "roll-back"),))),
            (plain, LiveEvidence((), (confirmation(5, "defect"),))),
            (asking, LiveEvidence()),
        )
        found = tuple(
            state(draft, signed(draft, 1), live, 10).standing.value for draft, live in cases
        )
        assert found == expected, ruling


def test_what_may_run_meanwhile_by_clause_13_6():
    draft = draft_of(0)
    asked = {
        (): "closed-product",
        ("expire",): NOTHING,
        ("roll-back",): ROLL_BACK,
        ("restrict limited",): "limited",
        ("restrict limited", "restrict internal"): "internal",
        ("restrict limited", "expire"): NOTHING,
        ("expire", "roll-back"): ROLL_BACK,
        ("restrict nowhere",): NOTHING,
    }
    for actions, expected in asked.items():
        opened = tuple(
            reopened(draft, number, *action.split()) for number, action in enumerate(actions, 5)
        )
        assert state(draft, signed(draft, 1), LiveEvidence(opened)).live.meanwhile == expected
        # Where the decision did not stand to begin with, nothing may rest on it.
        unsigned = state(draft, [], LiveEvidence(opened)).live.meanwhile
        assert unsigned == (ROLL_BACK if "roll-back" in actions else NOTHING)


def test_the_order_of_strictness_is_that_of_the_deployments():
    words = [kind.value for kind in DeploymentType]
    for weaker, stronger in itertools.pairwise(reversed(words)):
        assert strictest([weaker, stronger]) == stronger


def test_a_required_confirmation_by_clause_13_4():
    draft = draft_of(0, days=2)
    rows = {
        (): Ruling.INCONCLUSIVE,
        ("confirmed",): Ruling.GO,
        ("inconclusive",): Ruling.INCONCLUSIVE,
        ("confirmed", "inconclusive"): Ruling.INCONCLUSIVE,
        ("inconclusive", "confirmed"): Ruling.GO,
        ("defect",): Ruling.NO_GO,
        ("defect", "confirmed"): Ruling.NO_GO,
    }
    for verdicts, expected in rows.items():
        asked = tuple(confirmation(5 + n, verdict) for n, verdict in enumerate(verdicts))
        assert state(draft, signed(draft, 1), LiveEvidence((), asked), 10).standing is expected


def test_a_confirmation_counts_until_it_expires_or_is_too_old_whichever_comes_first():
    live = LiveEvidence((), (confirmation(10, "confirmed", hours=30),))
    for days, last in ((1, 34), (2, 40)):
        draft = draft_of(0, days=days)
        assert state(draft, signed(draft, 1), live, last).standing is Ruling.GO
        late = state(draft, signed(draft, 1), live, last + 1)
        assert late.standing is Ruling.INCONCLUSIVE
        assert late.live.confirmed_until == hour(last)
        assert late.live.meanwhile == NOTHING


def test_a_draft_that_nobody_signed_leaves_a_roll_back_a_no_go():
    opened = reopened(draft_of(0), 5, "roll-back")
    live = LiveEvidence((opened,))
    new = draft_of(6, live.to_answer)
    assert state(new, [], live).standing is Ruling.NO_GO
    assert state(new, signed(new, 7)[:1], live).standing is Ruling.NO_GO
    assert state(new, signed(new, 7), live).standing is Ruling.GO


def test_an_answered_roll_back_stays_answered_when_the_draft_expires():
    opened = reopened(draft_of(0), 5, "roll-back")
    live = LiveEvidence((opened,))
    new = replace(draft_of(6, live.to_answer), expires_at=hour(20))
    assert state(new, signed(new, 7), live, 30).standing is Ruling.INCONCLUSIVE


def test_an_answered_defect_still_needs_a_later_confirmation():
    defect = confirmation(5, "defect")
    draft = draft_of(6, [defect.confirmation], days=7)
    alone = state(draft, signed(draft, 7), LiveEvidence((), (defect,)), 10)
    assert alone.standing is Ruling.INCONCLUSIVE
    mended = LiveEvidence((), (defect, confirmation(8, "confirmed")))
    assert state(draft, signed(draft, 7), mended, 10).standing is Ruling.GO


def test_a_defect_counts_where_no_confirmation_is_required():
    draft = draft_of(0)
    live = LiveEvidence((), (confirmation(5, "defect"),))
    assert state(draft, signed(draft, 1), live).standing is Ruling.NO_GO


def test_a_draft_that_answers_nothing_says_nothing_of_live_evidence():
    assert LiveTerms() == draft_of(0).live_terms
    assert replace(draft_of(0), live=LiveTerms(answers=(PLAN,))).digest != draft_of(0).digest


@given(
    st.lists(
        st.builds(
            confirmation,
            st.integers(1, 150),
            st.sampled_from(["confirmed", "inconclusive"]),
            deployment=st.sampled_from(["production", "staging", ""]),
        )
    )
)
def test_what_is_said_of_another_deployment_changes_nothing_but_by_a_defect(logged):
    draft = draft_of(0, days=300)
    sign_offs = signed(draft, 1)
    own = tuple(one for one in logged if one.deployment == "production")
    with_all = state(draft, sign_offs, LiveEvidence((), tuple(logged)))
    assert with_all == state(draft, sign_offs, LiveEvidence((), own))
    if not own:
        assert with_all.standing is not Ruling.GO
    defect = confirmation(151, "defect", deployment="staging")
    against = state(draft, sign_offs, LiveEvidence((), (*logged, defect)))
    assert against.standing is Ruling.NO_GO
