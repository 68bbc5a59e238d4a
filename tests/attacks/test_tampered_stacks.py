"""A stack taken apart: every count and limit of it is recounted, and every number shown.

The adversary holds the runner's key and reseals everything after each change.
"""

import pytest

from shipworthy_verify import verify_bundle

STACK = "SV-STACK"


def edit_stack(forge, change, domain="secrets"):
    def edit(document):
        change(next(one for one in document["stacks"] if one["domain"] == domain))

    forge.edit("findings.json", edit)
    forge.reseal()


def test_an_honest_stack_is_in_the_bundle_and_on_the_page(honest):
    assert verify_bundle(honest.folder).failures == ()
    page = (honest.folder / "report.html").read_text()
    assert 'data-claim="stack:secrets#complied.through"' in page


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one["complied"].update(through=one["complied"]["through"] + 1),
        lambda one: one["complied"]["held_by"].update({"input-filter": 20}),
        lambda one: one["complied"].update(declined=99),
        lambda one: one["resisted"].update(attempts=99),
        lambda one: one["unknown"].update(open=9),
        lambda one: one["rewrote"].update({"input-filter": 3}),
        lambda one: one.update(scenarios=60),
        lambda one: one.update(missed=one["missed"] + 1, caught=one["caught"] - 1),
        lambda one: one.update(miss_upper="0.010000"),
        lambda one: one.update(miss_upper=None),
        lambda one: one.update(miss_lower="0.900000"),
        lambda one: one.update(method="anytime-complied/1"),
        lambda one: one.update(alpha="0.5"),
    ],
)
def test_every_part_of_it_is_recounted(forge, change):
    edit_stack(forge, change)
    assert STACK in forge.codes()


def test_it_cannot_be_left_out_nor_given_twice(forge):
    forge.edit("findings.json", lambda document: document.update(stacks=document["stacks"][1:]))
    forge.reseal()
    assert STACK in forge.codes()


def test_limits_of_a_domain_that_ended_early_are_recounted(early, tmp_path, forgery):
    forge = forgery(early, tmp_path)
    assert forge.codes() == set()
    edit_stack(forge, lambda one: one.update(miss_upper="0.010000"))
    assert STACK in forge.codes()


def test_a_number_of_the_stack_table_cannot_be_changed_on_the_page(forge):
    path = "report.html"
    claim = b'data-claim="stack:secrets#complied.attempts" data-value="'
    page = forge.files[path]
    at = page.index(claim) + len(claim)
    forge.files[path] = page[:at] + b"9" + page[at:]
    forge.reseal()
    assert "SV-CLAIM-VALUE" in forge.codes()
