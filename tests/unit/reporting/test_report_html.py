"""The page: self-contained, escaped, well structured, with the claims of the document."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import msgspec
import pytest

from shipworthy.records import Claim, display
from shipworthy.stages.reporting import build_report, render_html, render_json
from shipworthy.stages.reporting.checks import claim_ids
from shipworthy.stages.reporting.document import Document, Quote
from shipworthy.testing.reports import example_report
from shipworthy.testing.small_report import small_report

VOID = {"meta", "link", "br", "img", "hr", "input"}
MAY_HOLD_DIGITS = {"code", "time", "style", "title"}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}&amp;"


class Page(HTMLParser):
    """Everything a test asks of a page, gathered in one pass."""

    def __init__(self, source: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[tuple[str, dict[str, str | None]]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.claims: list[tuple[Claim, str]] = []
        self.loose: list[str] = []
        self.headings: list[int] = []
        self._claim: list[str] | None = None
        self.feed(source.decode())
        self.close()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self.stack.append((tag, attributes))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "a" and attributes.get("class") == "claim":
            self._claim = []

    def handle_endtag(self, tag):
        if self.stack.pop()[0] != tag:
            raise AssertionError(f"`{tag}` closes out of order")
        if tag == "a" and self._claim is not None:
            at = next(a for t, a in reversed(self.elements) if a.get("class") == "claim")
            claim = Claim(id=at["data-claim"], value=at["data-value"], format=at["data-format"])
            self.claims.append((claim, "".join(self._claim)))
            self._claim = None

    def handle_data(self, data):
        if self._claim is not None:
            self._claim.append(data)
        elif any(letter.isnumeric() for letter in data) and not self._exempt():
            self.loose.append(data)

    def _exempt(self):
        return any(
            tag in MAY_HOLD_DIGITS or "data-source" in at or at.get("class") == "axis"
            for tag, at in self.stack
        )

    def of(self, name):
        return [attributes for tag, attributes in self.elements if tag == name]


@pytest.fixture(scope="module")
def document():
    return build_report(example_report())


@pytest.fixture(scope="module")
def source(document):
    return render_html(document)


@pytest.fixture(scope="module")
def page(source):
    return Page(source)


def test_no_digit_stands_outside_of_claims_and_named_exceptions(page):
    assert page.loose == []


def test_every_shown_number_is_the_text_of_its_claim(page):
    assert [(c.id, text) for c, text in page.claims if text != display(c)] == []


def test_page_and_json_show_the_same_claims(page, document):
    plain = json.loads(render_json(document))
    listed = {entry["claim"]["id"]: entry["claim"]["value"] for entry in plain["evidence"]}

    assert {claim.id: claim.value for claim, _ in page.claims} == listed


def test_the_page_shows_every_claim_of_the_document_and_no_other(page, document):
    assert {claim.id for claim, _ in page.claims} == set(claim_ids(document.sections))


def test_json_reads_back_as_the_same_document(document):
    assert msgspec.json.decode(render_json(document), type=Document) == document


def test_rendering_is_deterministic(document, source):
    assert render_html(document) == source


def test_every_link_leads_to_an_anchor_of_the_page(page):
    anchors = {attributes.get("id") for _, attributes in page.elements}
    targets = {attributes["href"] for attributes in page.of("a")}

    assert {target for target in targets if target[1:] not in anchors} == set()


def test_anchors_are_unique(page):
    anchors = [at["id"] for _, at in page.elements if "id" in at]

    assert len(anchors) == len(set(anchors))


def test_nothing_outside_of_the_page_is_loaded(page, source):
    assert [tag for tag, at in page.elements if "src" in at or tag in {"link", "script"}] == []
    assert re.findall(rb"url\((?!#)", source) == []
    assert b"@import" not in source


def test_the_policy_allows_this_style_sheet_and_nothing_else(page, source):
    style = re.search(rb"<style>(.*?)</style>", source, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(style).digest()).decode()
    policy = next(at["content"] for at in page.of("meta") if "http-equiv" in at)

    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy


def test_no_element_carries_a_style_or_a_handler(page):
    names = {name for _, attributes in page.elements for name in attributes}

    assert "style" not in names
    assert [name for name in names if name.startswith("on")] == []


def test_headings_start_at_one_and_skip_no_level(page):
    steps = zip(page.headings, page.headings[1:], strict=False)

    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in steps)


def test_every_table_has_a_caption_and_every_head_a_scope(page):
    assert len(page.of("caption")) == len(page.of("table")) > 10
    assert {attributes.get("scope") for attributes in page.of("th")} == {"col", "row"}


def test_every_figure_has_a_name_and_a_description(page):
    drawings = page.of("svg")
    anchors = {attributes.get("id") for _, attributes in page.elements}

    assert len(drawings) == 3
    assert all(set(at["aria-labelledby"].split()) <= anchors for at in drawings)


def test_the_page_has_landmarks_a_language_and_a_skip_link(page):
    assert page.of("html")[0]["lang"] == "en"
    assert len(page.of("main")) == len(page.of("nav")) == len(page.of("header")) == 1
    assert page.of("a")[0] == {"class": "skip", "href": "#report"}


def test_marks_carry_a_glyph_and_a_word(source):
    marks = re.findall(
        rb'class="mark mark-([a-z-]+)"><span[^>]*>(.)?[^<]*</span> ([a-z-]+)', source
    )

    assert marks
    assert all(glyph and word for _, glyph, word in marks)


def _hostile_report():
    report = small_report()
    scenario = msgspec.structs.replace(report.scenarios[0], title=HOSTILE)
    requirement = msgspec.structs.replace(
        report.decision.requirements[0], title=HOSTILE, why=f"`{HOSTILE}`", missing=HOSTILE
    )
    decision = msgspec.structs.replace(
        report.decision,
        requirements=(requirement, report.decision.requirements[1]),
        flip=HOSTILE,
        missing=(HOSTILE,),
    )
    return msgspec.structs.replace(
        report,
        scenarios=(scenario,),
        decision=decision,
        limitations=(HOSTILE,),
        fingerprints={HOSTILE: HOSTILE},
        commands=(HOSTILE,),
        generator=HOSTILE,
    )


def test_hostile_text_is_escaped_wherever_it_is_shown():
    source = render_html(build_report(_hostile_report()))
    hostile = Page(source)

    assert hostile.of("script") == hostile.of("img") == []
    assert source.count(b"&lt;script&gt;") >= 8
    assert b"{{ 7*7 }}" in source


def test_hostile_claim_ids_stay_within_their_attributes():
    report = small_report()
    finding = msgspec.structs.replace(report.findings[0], id=f'asr.x" onclick="{HOSTILE}.bare')

    hostile = Page(render_html(build_report(msgspec.structs.replace(report, findings=(finding,)))))

    assert not [name for _, at in hostile.elements for name in at if name.startswith("on")]
    assert hostile.of("script") == []


def test_code_in_quoted_sentences_is_set_as_code():
    report = small_report()
    decision = msgspec.structs.replace(report.decision, flip="supply `owner` and an odd ` mark")

    source = render_html(build_report(msgspec.structs.replace(report, decision=decision)))

    assert b"supply <code>owner</code> and an odd ` mark" in source


def test_times_are_written_out_and_odd_ones_left_alone():
    report = msgspec.structs.replace(small_report(), generated_at="some day")

    source = render_html(build_report(report))

    assert b"22 November 2026, 05:00 UTC" in source
    assert b'<time datetime="some day">some day</time>' in source


def test_a_title_is_quoted_words_of_the_plan(document):
    assert document.title == (Quote(text="Example-1 assistant", source="plan"),)
