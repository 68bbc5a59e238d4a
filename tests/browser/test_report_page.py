"""The report in a real browser: it renders, fits, prints and is accessible.

Needs Chromium with its driver and, for the accessibility audit, axe-core:
`npm install --prefix .make/axe --ignore-scripts axe-core@4.14.1` (or SHIPWORTHY_AXE=path of
axe.min.js). What is not installed is skipped, unless SHIPWORTHY_REQUIRE_BROWSER=1.
"""

import base64
import os
import shutil
from pathlib import Path

import pytest

from shipworthy.stages.reporting import build_report, render_html
from shipworthy.testing.reports import example_report

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def _needed(what, found):
    if found:
        return found
    if os.environ.get("SHIPWORTHY_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{what} is required and not installed")
    pytest.skip(f"{what} is not installed")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    webdriver = _needed("selenium", _selenium())
    chromium = _needed("chromium", shutil.which("chromium") or shutil.which("google-chrome"))
    driver = _needed("chromedriver", shutil.which("chromedriver"))
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield opened
    opened.quit()


def _selenium():
    try:
        from selenium import webdriver
    except ImportError:
        return None
    return webdriver


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    page = tmp_path_factory.mktemp("report") / "report.html"
    page.write_bytes(render_html(build_report(example_report())))
    return page.as_uri()


@pytest.fixture
def opened(browser, address):
    _resize(browser, 1280)
    browser.get(address)
    return browser


def _resize(browser, width):
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def _press_tab(browser):
    from selenium.webdriver import ActionChains, Keys

    ActionChains(browser).send_keys(Keys.TAB).perform()
    return browser.switch_to.active_element


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
    _resize(opened, width)

    overflow = opened.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )

    assert overflow == 0


def test_the_first_stop_of_the_keyboard_skips_to_the_report(opened):
    from selenium.webdriver import Keys

    skip = _press_tab(opened)
    assert skip.text == "Skip to the report"
    assert skip.location["y"] >= 0
    skip.send_keys(Keys.ENTER)

    assert opened.current_url.endswith("#report")
    assert opened.switch_to.active_element.tag_name == "main"


def test_the_keyboard_reaches_a_claim_and_follows_it_to_its_derivation(opened):
    from selenium.webdriver import Keys

    opened.execute_script("document.getElementById('report').focus()")
    stops = (_press_tab(opened) for _ in range(12))
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
    places = (
        Path(os.environ.get("SHIPWORTHY_AXE", "")),
        ROOT / ".make/axe/node_modules/axe-core/axe.min.js",
    )
    script = _needed("axe-core", next((place for place in places if place.is_file()), None))
    _resize(opened, width)
    # The page forbids scripts; the debugger's own door is not bound by its policy.
    opened.execute_cdp_cmd("Runtime.evaluate", {"expression": script.read_text("utf-8")})
    answer = opened.execute_cdp_cmd(
        "Runtime.evaluate",
        {
            "expression": "axe.run(document, {resultTypes: ['violations', 'incomplete']})"
            ".then(r => JSON.stringify(r.violations.map(v => "
            "[v.id, v.impact, v.nodes.length, v.nodes[0].html.slice(0, 200)])))",
            "awaitPromise": True,
            "returnByValue": True,
        },
    )

    assert answer["result"]["value"] == "[]"
