"""Pages that show other numbers than they hold, by the ways in which browsers draw and repair."""

import pytest

from shipworthy.stages.reporting.html import stylesheet
from shipworthy_verify.claims.pages.markup import STYLES
from shipworthy_verify.reading import digest

TRICKS = {
    "a comment that browsers end earlier": "<!-- --!><b>0 %</b><!-- -->",
    "an empty comment": "<!--><p>all is well</p>",
    "a section that HTML does not know": "<![CDATA[>all is well]]>",
    "a processing instruction": "<?x ?>",
    "reversed letters": "<bdo dir=rtl>all is well</bdo>",
    "a direction": '<p dir="rtl">all is well</p>',
    "an override": "<p>\u202eall is well\u202c</p>",
    "an override as a reference": "<p>&#x202e;all is well</p>",
    "a list that counts from elsewhere": '<ol start="7"><li>rate</li></ol>',
    "a list item with a number": '<ul><li value="7">rate</li></ul>',
    "a progress bar": '<progress value="3" max="10"></progress>',
    "a meter": '<meter value="3" max="10"></meter>',
    "an inline style": '<p style="display:none">rates</p>',
    "a hidden paragraph": "<p hidden>rates</p>",
    "a redirection": '<meta http-equiv="refresh" content="soon">',
    "a frame": '<frameset><frame src="data:text/html,x"></frameset>',
    "a reference to another drawing": '<svg><use href="#x"></use></svg>',
    "letters placed one by one": '<svg><text x="30 20 10" y="1">abc</text></svg>',
    "a mirrored drawing": '<svg><g transform="scale(-1 1)"><text>abc</text></g></svg>',
    "a mirrored word": '<svg><text transform="scale(-1 1)">abc</text></svg>',
    "turned letters": '<svg><text rotate="180">abc</text></svg>',
    "raw text": "<xmp><code>abc</code></xmp>",
    "plain text": "<plaintext>",
    "a text box": "<textarea>rates</textarea>",
    "an attribute twice": '<code class="x" class="y">abc</code>',
    "an element closed in itself": "<code/>abc",
    "a broken tag": "<p <b>abc</p>",
    "a stray bracket": "<p>a < b</p>",
    "an end tag with more": "<p>abc</p x>",
    "a script": '<a href="javascript:x">abc</a>',
    "upper case": "<SCRIPT>x</SCRIPT>",
    "another style": "<style>p{}</style>",
    "an axis outside of a drawing": '<p class="axis">0.0 %</p>',
    "words for assistive programs alone": '<p aria-label="all is well" title="0 %">abc</p>',
}


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_a_page_that_browsers_could_show_otherwise_is_refused(forge, trick):
    forge.replace("report.html", "</main>", f"{trick}</main>")
    forge.reseal()
    assert {"SV-REPORT-MARKUP", "SV-REPORT-DIGIT"} & forge.codes()


@pytest.mark.parametrize(
    "rule",
    [
        ".claim::first-letter{font-size:0}",
        ".claim::before{content:counter(section)}",
        "body{direction:rtl;unicode-bidi:bidi-override}",
        "@font-face{font-family:x;src:url(data:font/woff2;base64,AA==)}",
        "p{background:url(data:image/svg+xml,x)}",
        ".claim{transform:scaleX(-1)}",
        "p::after{content:attr(data-value)}",
    ],
)
def test_a_style_sheet_that_is_not_ours_is_refused(forge, rule):
    forge.replace("report.html", "</style>", f"{rule}</style>")
    forge.reseal()
    assert "SV-REPORT-MARKUP" in forge.codes()


def claims(forge):
    import re

    page = forge.files["report.html"].decode()
    return re.findall(r'<a class="claim".*?</a>', page)


def test_two_claims_that_read_as_one_number_are_refused(forge):
    first, second = claims(forge)[:2]
    forge.replace("report.html", "</main>", f"<p>{first}{second}</p></main>")
    forge.reseal()
    assert forge.codes() == {"SV-REPORT-MARKUP"}


@pytest.mark.parametrize("page", ["<p>-{}</p>", "<p>&lt;{}</p>", "<p>{}k</p>", "<p>{}%</p>"])
def test_a_sign_that_changes_a_claim_is_refused(forge, page):
    forge.replace("report.html", "</main>", page.format(claims(forge)[0]) + "</main>")
    forge.reseal()
    assert forge.codes() == {"SV-REPORT-MARKUP"}


def test_the_style_sheet_of_reports_is_known_to_the_verifier():
    # Read the new sheet for anything that hides or draws digits, then add its digest.
    assert digest(stylesheet().encode()) in STYLES
