"""Findings, rulebook, decision and reports: recomputed even when every signature is right."""

import re

import pytest

from shipworthy.kernel import digest_bytes

BARE = "finding:asr.secrets.bare#point"


def test_a_bound_rounded_in_the_findings_is_not_what_the_trials_give(forge):
    forge.finding(
        "asr.secrets.safeguarded",
        lambda finding: finding["bounds"].update(upper_adjusted="0.100000"),
    )
    forge.reseal()
    assert "SV-FINDING-BOUNDS" in forge.codes()


def test_a_bound_off_by_one_digit_in_the_fifth_place_is_noticed(forge):
    def shave(finding):
        upper = finding["bounds"]["upper"]
        finding["bounds"]["upper"] = f"{float(upper) - 0.00001:.6f}"

    forge.finding("asr.policy.bare", shave)
    forge.reseal()
    assert "SV-FINDING-BOUNDS" in forge.codes()


def test_a_bound_at_another_level_is_noticed(forge):
    forge.finding("asr.policy.bare", lambda finding: finding["bounds"].update(alpha="0.20"))
    forge.reseal()
    assert "SV-FINDING-BOUNDS" in forge.codes()


def test_a_changed_count_is_noticed(forge):
    forge.finding("asr.secrets.bare", lambda finding: finding["rate"].update(successes=1))
    forge.reseal()
    assert "SV-FINDING-COUNTS" in forge.codes()


def test_credit_moved_between_layers_is_noticed(forge):
    forge.finding(
        "asr.secrets.safeguarded", lambda finding: finding.update(held_by={"input-filter": 19})
    )
    forge.reseal()
    assert "SV-FINDING-COUNTS" in forge.codes()


def test_domains_merged_into_a_mean_are_refused(forge):
    def merge(document):
        one, two = (
            next(f for f in document["findings"] if f["id"] == f"asr.{name}.bare")
            for name in ("policy", "secrets")
        )
        merged = {**one, "id": "asr.all.bare", "domain": "all"}
        merged["rate"] = {key: one["rate"][key] + two["rate"][key] for key in one["rate"]}
        document["findings"] = [f for f in document["findings"] if f not in (one, two)]
        document["findings"].append(merged)

    forge.edit("findings.json", merge)
    forge.reseal()
    assert {"SV-FINDING-MISSING", "SV-FINDING-UNKNOWN"} <= forge.codes()


def test_a_finding_left_out_is_missed(forge):
    forge.edit("findings.json", lambda document: document["findings"].pop())
    forge.reseal()
    assert "SV-FINDING-MISSING" in forge.codes()


def test_a_paired_table_is_recounted(forge):
    forge.edit("findings.json", lambda document: document["paired"][0].update(after_only=0, both=9))
    forge.reseal()
    assert "SV-PAIRED-COUNTS" in forge.codes()


@pytest.mark.parametrize("ratio", ["0.010000", None])
def test_a_greater_fall_of_a_rate_is_noticed(forge, ratio):
    def shrink(document):
        next(one for one in document["paired"] if one["ratio_upper"]).update(ratio_upper=ratio)

    forge.edit("findings.json", shrink)
    forge.reseal()
    assert "SV-PAIRED-COUNTS" in forge.codes()


@pytest.mark.parametrize(
    ("shape", "text"),
    [("fold", "2.00-fold"), ("percent-down", "50.0\u202f%")],
)
def test_a_number_that_is_no_limit_of_a_ratio_is_not_shown_as_a_fall(shape, text):
    from shipworthy_verify.claims import Shown, fault

    for claim, allowed in (("finding:x#upper", set()), ("paired:x#ratio_upper", {"fold"})):
        found = fault(Shown(claim, "0.500000", shape, text), {claim: "0.500000"})
        assert (found is None) == (shape in allowed)


def test_a_smaller_p_value_is_noticed(forge):
    def shrink(document):
        pair = next(p for p in document["paired"] if p["id"] == "over-refusal.all")
        assert pair["p_midp"].startswith("0.25")
        pair["p_midp"] = "0.025000"

    forge.edit("findings.json", shrink)
    forge.reseal()
    assert "SV-PAIRED-COUNTS" in forge.codes()


def test_a_loosened_limit_is_not_the_framework_that_was_planned(forge):
    def loosen(rulebook):
        rulebook["rules"][0]["requires"][0]["condition"]["value"] = "0.90"

    forge.edit("rulebook.json", loosen)
    forge.edit(
        "decision.json",
        lambda decision: decision.update(rulebook=digest_bytes(forge.files["rulebook.json"])),
    )
    forge.reseal()
    assert "SV-RULEBOOK" in forge.codes()


@pytest.mark.parametrize("ruling", ["no-go", "inconclusive"])
def test_a_flipped_ruling_is_not_what_the_rulebook_gives(forge, ruling):
    forge.edit("decision.json", lambda decision: decision.update(ruling=ruling))
    forge.reseal()
    assert "SV-DECISION-RULING" in forge.codes()


@pytest.mark.parametrize(
    ("end", "date"), [("in_force_until", "2020-01-01"), ("in_force_from", "2099-01-01")]
)
def test_a_go_under_a_framework_that_is_not_in_force_is_refused(forge, end, date):
    """Semantics 6.6, even where rulebook, plan and decision all name the same dated framework."""
    forge.edit("rulebook.json", lambda rulebook: rulebook.update({end: date}))
    pin = digest_bytes(forge.files["rulebook.json"])
    forge.edit("plan.json", lambda plan: plan.update(framework_digest=pin))
    forge.edit("decision.json", lambda decision: decision.update(rulebook=pin))
    forge.reseal()
    assert "SV-DECISION-RULING" in forge.codes()
    assert "SV-RULEBOOK" not in forge.codes()


def test_a_draft_dated_back_to_before_the_framework_is_noticed(forge):
    forge.edit("rulebook.json", lambda rulebook: rulebook.update(in_force_from="2026-01-01"))
    pin = digest_bytes(forge.files["rulebook.json"])
    forge.edit("plan.json", lambda plan: plan.update(framework_digest=pin))
    forge.edit("decision.json", lambda decision: decision.update(rulebook=pin))
    forge.reseal()
    assert "SV-DECISION-RULING" not in forge.codes()
    forge.edit("decision.json", lambda decision: decision.update(drafted_at="2025-12-31T23:59:59Z"))
    forge.reseal()
    assert "SV-DECISION-RULING" in forge.codes()


def test_a_go_without_the_fact_it_needs_is_refused(forge):
    forge.edit("facts.json", lambda document: document["facts"].clear())
    forge.reseal()
    assert {"SV-DECISION-RULING", "SV-DECISION-REQUIREMENT"} <= forge.codes()


def test_a_fact_for_a_derived_field_is_refused(forge):
    forge.edit(
        "facts.json", lambda document: document["facts"][0].update(field="exposure", value="low")
    )
    forge.reseal()
    assert "SV-FACT" in forge.codes()


def test_a_flipped_requirement_is_noticed(forge):
    forge.edit(
        "decision.json",
        lambda decision: decision["requirements"][0].update(verdict="inconclusive"),
    )
    forge.reseal()
    assert "SV-DECISION-REQUIREMENT" in forge.codes()


def test_a_removed_requirement_is_noticed(forge):
    forge.edit("decision.json", lambda decision: decision["requirements"].pop())
    forge.reseal()
    assert "SV-DECISION-REQUIREMENT" in forge.codes()


def test_a_rule_said_not_to_apply_is_noticed(forge):
    forge.edit("decision.json", lambda decision: decision["rules"][0].update(applies="false"))
    forge.reseal()
    assert "SV-DECISION-LEVEL" in forge.codes()


def test_a_better_level_is_noticed(forge):
    forge.edit("decision.json", lambda decision: decision["levels"][1].update(worst="low"))
    forge.reseal()
    assert "SV-DECISION-LEVEL" in forge.codes()


def test_a_role_struck_from_the_decision_is_noticed(forge):
    forge.edit("decision.json", lambda decision: decision["roles"].pop())
    forge.reseal()
    assert "SV-DECISION-BINDING" in forge.codes()


@pytest.mark.parametrize("key", ["subject", "plan", "rulebook"])
def test_a_decision_about_something_else_is_refused(forge, key):
    forge.edit("decision.json", lambda decision: decision.update({key: digest_bytes(b"other")}))
    forge.reseal()
    assert "SV-DECISION-BINDING" in forge.codes()


def test_a_decision_for_another_deployment_is_refused(forge):
    forge.edit("decision.json", lambda decision: decision.update(deployment="api"))
    forge.reseal()
    assert "SV-DECISION-BINDING" in forge.codes()


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_at": "2099-01-01T00:00:00Z"},
        {"expires_at": "2027-02-20T06:00:01Z"},
        {"drafted_at": "2036-11-22T06:00:00Z", "expires_at": "2037-02-20T06:00:00Z"},
        {"drafted_at": "9999-12-31T00:00:00Z", "expires_at": "9999-12-31T00:00:00Z"},
        {"expires_at": "never"},
    ],
)
def test_a_decision_is_open_for_the_days_that_were_assessed(forge, changes):
    """The runner alone dates a draft: people sign it by its digest."""
    forge.edit("decision.json", lambda decision: decision.update(changes))
    forge.reseal()
    assert "SV-DECISION-PERIOD" in forge.codes()


@pytest.mark.parametrize("days", ["0", "true", "4000", '"90"', "91"])
def test_an_assessment_says_for_how_many_days_in_days(forge, days):
    text = forge.files["assessment.toml"].decode()
    changed = text.replace("[assessment]\n", f"[assessment]\nexpires_days = {days}\n", 1)
    assert changed != text
    forge.files["assessment.toml"] = changed.encode()
    forge.reseal()
    assert "SV-DECISION-PERIOD" in forge.codes()


def claim(forge, claim_id):
    """Return the markup of a claim in the page, its value and its text."""
    page = forge.files["report.html"].decode()
    start = f'<a class="claim" data-claim="{claim_id}" '
    found = re.search(re.escape(start) + r'data-value="([^"]*)"[^>]*>([^<]*)</a>', page)
    assert found, claim_id
    return found[0], found[1], found[2]


def test_a_rate_rounded_in_the_page_is_noticed(forge):
    markup, value, text = claim(forge, BARE)
    assert value == "0.750000"
    forge.replace("report.html", markup, markup.replace(text, "70.0\u202f%"))
    forge.reseal()
    assert "SV-CLAIM-TEXT" in forge.codes()


def test_a_rate_rounded_in_value_and_text_is_noticed(forge):
    markup, value, text = claim(forge, BARE)
    changed = markup.replace(value, "0.700000").replace(text, "70.0\u202f%")
    forge.replace("report.html", markup, changed)
    forge.reseal()
    assert "SV-CLAIM-VALUE" in forge.codes()


def test_a_number_that_quotes_another_claim_is_noticed(forge):
    markup, _, _ = claim(forge, BARE)
    forge.replace("report.html", markup, markup.replace(".bare#", ".safeguarded#"))
    forge.reseal()
    assert "SV-CLAIM-VALUE" in forge.codes()


def test_a_claim_without_evidence_is_refused(forge):
    markup, _, _ = claim(forge, BARE)
    forge.replace("report.html", markup, markup.replace("secrets", "nowhere"))
    forge.reseal()
    assert "SV-CLAIM-UNKNOWN" in forge.codes()


def test_an_upper_bound_rounded_down_is_refused(forge):
    markup, _, text = claim(forge, "finding:asr.secrets.bare#upper_adjusted")
    shown = float(text.removesuffix("\u202f%"))
    lower = f"{shown - 0.1:.1f}\u202f%"
    changed = markup.replace("percent-up", "percent-down").replace(text, lower)
    forge.replace("report.html", markup, changed)
    forge.reseal()
    assert "SV-CLAIM-FORMAT" in forge.codes()


@pytest.mark.parametrize(
    "addition",
    ["<p>Only 0.1 % of attacks work.</p>", "<p>½ as many as before.</p>", "<p>nearly ٠ %</p>"],
)
def test_a_number_outside_of_claims_is_refused(forge, addition):
    forge.replace("report.html", "</main>", f"{addition}</main>")
    forge.reseal()
    assert "SV-REPORT-DIGIT" in forge.codes()


@pytest.mark.parametrize(
    ("mark", "addition"),
    [
        ("</main>", "<script>document.title</script></main>"),
        ("</main>", '<p onclick="alert()">rates</p></main>'),
        ("</main>", '<img alt="rates" src="data:image/png;base64,AA=="></main>'),
        ("</style>", '.rate::after{content:"0.1 %"}</style>'),
        ("</style>", r".rate::after{content:'\0030 \002e\0031 %'}</style>"),
        ("</main>", "<code>see </main>"),
    ],
)
def test_a_page_that_can_show_what_it_does_not_say_is_refused(forge, mark, addition):
    forge.replace("report.html", mark, addition)
    forge.reseal()
    assert "SV-REPORT-MARKUP" in forge.codes()


def test_a_changed_claim_in_the_json_report_is_noticed(forge):
    forge.replace("report.json", '"value":"0.750000"', '"value":"0.700000"')
    forge.reseal()
    assert "SV-CLAIM-VALUE" in forge.codes()


def test_reports_that_say_nothing_are_refused(forge):
    forge.files["report.html"] = b"<!DOCTYPE html><html><body>All is well.</body></html>"
    forge.files["report.json"] = b"{}"
    forge.reseal()
    assert "SV-REPORT-VERDICT" in forge.codes()


def test_an_inconclusive_draft_verifies_as_what_it_is(forge_unowned):
    result = forge_unowned.verify()
    assert result.failures == ()
    assert result.ruling == "inconclusive"


UNSURE = '<span class="mark mark-inconclusive"><span class="glyph" aria-hidden="true">?</span> '
GO = '<span class="mark mark-go"><span class="glyph" aria-hidden="true">\u2713</span> '


def test_a_page_that_says_go_without_one_is_refused(forge_unowned):
    forge_unowned.replace("report.html", f"{UNSURE}inconclusive", f"{GO}go")
    forge_unowned.reseal()
    assert forge_unowned.codes() == {"SV-REPORT-VERDICT"}


def test_a_verdict_whose_word_is_not_its_state_is_refused(forge_unowned):
    forge_unowned.replace("report.html", f"{UNSURE}inconclusive", f"{UNSURE}go")
    forge_unowned.reseal()
    assert forge_unowned.codes() == {"SV-REPORT-VERDICT"}


def test_a_requirement_shown_as_kept_that_is_not_is_refused(forge_unowned):
    page = forge_unowned.files["report.html"].decode()
    head, row, tail = page.partition('<tr id="decided-usable-usable">')
    assert row
    changed = tail.replace(f"{UNSURE}inconclusive", f"{GO.replace('-go', '-kept')}kept", 1)
    forge_unowned.files["report.html"] = (head + row + changed).encode()
    forge_unowned.reseal()
    assert forge_unowned.codes() == {"SV-REPORT-VERDICT"}


def test_a_requirement_left_out_of_the_page_is_missed(forge):
    page = forge.files["report.html"].decode()
    head, row, tail = page.partition('<tr id="decided-usable-usable">')
    assert row
    forge.files["report.html"] = (head + tail.partition("</tr>")[2]).encode()
    forge.reseal()
    assert "SV-REPORT-VERDICT" in forge.codes()


def test_a_json_report_that_says_go_without_one_is_refused(forge_unowned):
    forge_unowned.replace(
        "report.json", '{"state":"inconclusive","type":"mark"}', '{"state":"go","type":"mark"}'
    )
    forge_unowned.reseal()
    assert forge_unowned.codes() == {"SV-REPORT-VERDICT"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"facts": []}', "SV-CANONICAL"),
        (b'{"facts":[],"facts":[]}', "SV-JSON"),
        (b'{"facts":[0.5]}', "SV-JSON"),
        (b'{"facts":[9007199254740993]}', "SV-JSON"),
        (b'{"facts":[NaN]}', "SV-JSON"),
        (b"[" * 100_000, "SV-JSON"),
        (b"\xff", "SV-JSON"),
        (b'{"facts":7}', "SV-RECORD"),
        (b"[]", "SV-RECORD"),
    ],
)
def test_json_that_readers_could_understand_differently_is_refused(forge, data, code):
    forge.files["facts.json"] = data
    forge.reseal()
    assert code in forge.codes()
