"""The report in a real browser: it renders, fits, prints and is accessible."""

import base64

import pytest

from browsing import audit, open_browser, press_tab, resize
from early_reports import early_report
from shipworthy.stages.reporting import build_report, render_html
from shipworthy.testing.reports import example_report

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with open_browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    page = tmp_path_factory.mktemp("report") / "report.html"
    page.write_bytes(render_html(build_report(example_report())))
    return page.as_uri()


@pytest.fixture(scope="module")
def early_address(tmp_path_factory):
    page = tmp_path_factory.mktemp("early") / "report.html"
    page.write_bytes(render_html(build_report(early_report())))
    return page.as_uri()


@pytest.fixture
def opened(browser, address):
    resize(browser, 1280)
    browser.get(address)
    return browser


def test_the_page_renders_without_a_word_in_the_console(opened):
    assert opened.title == "Safety and preparedness report: Example-1 assistant"
    assert opened.get_log("browser") == []


def test_the_style_sheet_is_applied_under_the_strict_policy(opened):
    colour = opened.execute_script(
        "return getComputedStyle(document.querySelector('.mark-broken')).color"
    )

    assert colour == "rgb(179, 38, 30)"


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_scrolls_sideways(opened, width):
    resize(opened, width)

    overflow = opened.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )

    assert overflow == 0


def test_the_first_stop_of_the_keyboard_skips_to_the_report(opened):
    from selenium.webdriver import Keys

    skip = press_tab(opened)
    assert skip.text == "Skip to the report"
    assert skip.location["y"] >= 0
    skip.send_keys(Keys.ENTER)

    assert opened.current_url.endswith("#report")
    assert opened.switch_to.active_element.tag_name == "main"


def test_the_keyboard_reaches_a_claim_and_follows_it_to_its_derivation(opened):
    from selenium.webdriver import Keys

    opened.execute_script("document.getElementById('report').focus()")
    stops = (press_tab(opened) for _ in range(12))
    claim = next(stop for stop in stops if stop.get_attribute("class") == "claim")
    name = claim.get_attribute("data-claim")
    outline = claim.value_of_css_property("outline-style")
    claim.send_keys(Keys.ENTER)
    target = opened.execute_script("return document.querySelector(':target').innerText")

    assert outline == "solid"
    assert name in target


def test_the_report_prints_to_pages_with_the_summary_on_the_first(opened):
    printed = opened.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    pdf = base64.b64decode(printed["data"])

    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") > 5


def test_the_contents_are_not_printed_and_nothing_is_cut_off(opened):
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    hidden = opened.execute_script(
        "return getComputedStyle(document.querySelector('.contents')).display"
    )
    scrolling = opened.execute_script(
        "return [...document.querySelectorAll('.scroll')]"
        ".filter(box => getComputedStyle(box).overflowX !== 'visible').length"
    )
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})

    assert hidden == "none"
    assert scrolling == 0


@pytest.mark.parametrize("width", [360, 1280])
def test_an_accessibility_audit_finds_no_serious_violation(opened, width):
    resize(opened, width)

    assert audit(opened) == "[]"


@pytest.mark.parametrize("width", [360, 1280])
def test_the_table_of_early_decisions_fits_and_is_accessible(browser, early_address, width):
    resize(browser, width)
    browser.get(early_address)

    overflow = browser.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    rows = browser.execute_script(
        "return [...document.querySelectorAll('#results-early-table tbody tr')]"
        ".map(row => row.innerText).filter(text => text.includes('shown')).length"
    )

    assert overflow == 0
    assert rows == len(early_report().sequential)
    assert audit(browser) == "[]"


def test_no_table_leaves_the_printed_page(browser, early_address):
    resize(browser, 680)
    browser.get(early_address)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    cut_off = browser.execute_script(
        "const edge = document.documentElement.clientWidth;"
        "return [...document.querySelectorAll('.scroll table')]"
        ".filter(table => table.getBoundingClientRect().right > edge + 1)"
        ".map(table => table.parentElement.id)"
    )
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})

    assert cut_off == []
