"""The independent verifier derives every number of a report again, and finds no loose one."""

import msgspec
import pytest

from early_reports import early_report
from shipworthy.stages.reporting import ReportInput, build_report, render_html, render_json
from shipworthy.testing.reports import example_report
from shipworthy.testing.small_report import small_report
from shipworthy_verify.claims import Records, claim_book, fault
from shipworthy_verify.claims.pages import read_document, read_page, verdict_faults


def _records(report: ReportInput) -> Records:
    plain = msgspec.to_builtins(report)
    totals = plain["trials"]
    others = totals["count"] - totals["at_length"]
    trials = [
        {"usage": {"prompt_tokens": 0, "completion_tokens": 0}, "finish": finish}
        for finish in ["length"] * totals["at_length"] + ["stop"] * others
    ]
    trials[0]["usage"] = {
        "prompt_tokens": totals["prompt_tokens"],
        "completion_tokens": totals["completion_tokens"],
    }
    items = plain["plan"]["items"]
    attacked = len({item["scenario"] for item in items if item["role"] == "adversarial"})
    return Records(
        plan=plain["plan"],
        rulebook=plain["rulebook"],
        facts=list(plain["facts"]),
        findings={finding["id"]: finding for finding in plain["findings"]},
        paired={finding["id"]: finding for finding in plain["paired"]},
        sequential={question["id"]: question for question in plain["sequential"]},
        stacks={stack["id"]: stack for stack in plain["stacks"]},
        languages={},
        contrasts={contrast["id"]: contrast for contrast in plain["contrasts"]},
        suspicions={split["id"]: split for split in plain["suspicions"]},
        canaries={result["judge"]: result for result in plain["canaries"]},
        cards={card["judge"]: card for card in plain["cards"]},
        cells={
            (cell["arm"], cell["domain"], cell["attack"]): [
                cell["rate"][key] for key in ("successes", "attempts", "unassessed")
            ]
            for cell in plain["cells"]
        },
        trials=trials,
        decision=plain["decision"],
        submission={
            "number": plain["plan"]["submission"]["number"],
            "earlier": len(plain["history"]["earlier"]),
            "later": plain["history"]["later"],
            "scenarios": attacked,
            "fresh": attacked - plain["history"]["reused"],
            "elsewhere": plain["history"]["elsewhere"],
        },
    )


@pytest.fixture(
    scope="module",
    params=[example_report, small_report, early_report],
    ids=["example", "small", "early"],
)
def report(request):
    return request.param()


def test_the_verifier_agrees_with_every_number_of_the_page(report):
    book = claim_book(_records(report))
    page = read_page(render_html(build_report(report)))

    assert len(page.claims) > 100
    assert [found for shown in page.claims if (found := fault(shown, book))] == []


def test_the_verifier_agrees_with_every_number_of_the_json(report):
    book = claim_book(_records(report))
    shown = read_document(msgspec.json.decode(render_json(build_report(report)))).claims

    assert len(shown) > 100
    assert [found for claim in shown if (found := fault(claim, book))] == []


def test_the_verifier_finds_nothing_loose_on_the_page(report):
    page = read_page(render_html(build_report(report)))

    assert (page.loose, page.faults) == ([], [])


def test_the_verifier_finds_every_verdict_as_it_was_decided(report):
    document = build_report(report)
    decision = msgspec.to_builtins(report.decision)
    told = msgspec.json.decode(render_json(document))

    assert list(verdict_faults(read_page(render_html(document)).marks, decision)) == []
    assert list(verdict_faults(read_document(told).marks, decision)) == []


def test_the_verifier_refuses_a_page_with_one_changed_number(report):
    book = claim_book(_records(report))
    source = render_html(build_report(report)).decode()
    forged = source.replace(
        f'data-claim="plan#gate_alpha" data-value="{report.plan.gate_alpha}"',
        'data-claim="plan#gate_alpha" data-value="0.001"',
        1,
    )
    page = read_page(forged.encode())

    assert {found[0] for shown in page.claims if (found := fault(shown, book))} == {
        "SV-CLAIM-VALUE"
    }
