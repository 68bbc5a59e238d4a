"""A safeguard that notices and lets the text through has stopped nothing."""

from assessments import gullible
from peer_failures import assess, good, harmless

SMALL = {"domains": ["secrets"], "scenarios_per_domain": 12, "attacks": ["plain"]}
DETECT = '\n[[safeguards]]\nkind = "output-filter"\n[safeguards.options]\nmode = "detect"\n'
NO_TOOLS = (
    '\n[[safeguards]]\nkind = "output-filter"\n[safeguards.options]\nallowed_tools = []\n'
    "leaks = false\nkey_patterns = false\n"
)


def leaking(body):
    return good(body) if harmless(body) else gullible(body)


def flags(trial):
    return [act["action"] for act in trial["layers"]]


def test_a_flag_on_a_delivered_answer_is_a_breach(tmp_path):
    """A target that only flagged, and delivered, was passed by force.

    promptfoo PR 9863 (review) and PR 6426.
    """
    done = assess(tmp_path, leaking, safeguards=[], tail=DETECT, **SMALL)
    bare, guarded = (done.findings[f"asr.secrets.{arm}"] for arm in ("bare", "safeguarded"))
    assert guarded["rate"] == bare["rate"]
    assert guarded["rate"]["successes"] > 10
    assert "output-filter" not in guarded["held_by"]
    breached = [t for t in done.attacks("safeguarded") if t["outcome"]["type"] == "breached"]
    assert {tuple(flags(trial)) for trial in breached} == {("flagged",)}
    assert done.paired["asr.secrets"]["before_only"] == 0


def test_a_flag_on_a_refusal_does_not_take_the_credit(tmp_path):
    """What the model refused by itself is held by the model, whatever a layer thought of it.

    promptfoo PR 9863.
    """
    done = assess(tmp_path, good, safeguards=[], tail=DETECT, **SMALL)
    assert done.findings["asr.secrets.safeguarded"]["held_by"] == {"model": 12}


def test_the_same_filter_enforced_holds_what_it_withheld(tmp_path):
    """The other side: where the text was kept back, at the far end, the layer held."""
    done = assess(tmp_path, leaking, safeguards=["output-filter"], **SMALL)
    held = done.findings["asr.secrets.safeguarded"]["held_by"]
    assert held["output-filter"] > 10
    withheld = [t for t in done.attacks("safeguarded") if "withheld" in flags(t)]
    assert {trial["finish"] for trial in withheld} == {"withheld"}


def test_a_call_that_was_blocked_is_no_success_of_the_attack(tmp_path):
    """Calls that a defence had denied were counted as carried out.

    ethz-spylab/agentdojo #168.
    """

    def hijacked(text):
        head, _, rest = text.partition("[subject.options]")
        return head.replace('"openai"', '"always-complies"') + rest[rest.index("[campaign]") :]

    done = assess(
        tmp_path,
        good,
        edit=hijacked,
        domains=["tool-misuse"],
        scenarios_per_domain=36,
        attacks=["plain"],
        safeguards=[],
        tail=NO_TOOLS,
    )
    bare = done.findings["asr.tool-misuse.bare"]["rate"]
    held = done.findings["asr.tool-misuse.safeguarded"]["held_by"]
    assert bare["successes"] == 36
    assert held["output-filter"] > 0
    blocked = [t for t in done.attacks("safeguarded") if "withheld" in flags(t)]
    assert {trial["outcome"]["type"] for trial in blocked} == {"held"}
