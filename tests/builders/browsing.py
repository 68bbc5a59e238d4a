"""A real browser for tests of pages, and the accessibility audit.

Needs Chromium with its driver and, for the audit, axe-core:
`npm install --prefix .make/axe --ignore-scripts axe-core@4.14.1` (or SHIPWORTHY_AXE=path of
axe.min.js). What is not installed is skipped, unless SHIPWORTHY_REQUIRE_BROWSER=1.
"""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

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
AUDIT = (
    "axe.run(document, {resultTypes: ['violations', 'incomplete']})"
    ".then(r => JSON.stringify(r.violations.map(v => "
    "[v.id, v.impact, v.nodes.length, v.nodes[0].html.slice(0, 200)])))"
)


def needed(what, found):
    """Return what was found; skip or fail the test without it."""
    if found:
        return found
    if os.environ.get("SHIPWORTHY_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{what} is required and not installed")
    pytest.skip(f"{what} is not installed")


@contextmanager
def open_browser(profile):
    """Give a headless Chromium with its own profile folder."""
    webdriver = needed("selenium", _selenium())
    chromium = needed("chromium", shutil.which("chromium") or shutil.which("google-chrome"))
    driver = needed("chromedriver", shutil.which("chromedriver"))
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield opened
    opened.quit()


def resize(browser, width):
    """Give the page a width in CSS pixels."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def press_tab(browser):
    """Press the tabulator and return what has the focus."""
    from selenium.webdriver import ActionChains, Keys

    ActionChains(browser).send_keys(Keys.TAB).perform()
    return browser.switch_to.active_element


def audit(browser):
    """Return what axe finds wrong with the open page, as JSON."""
    places = (
        Path(os.environ.get("SHIPWORTHY_AXE", "")),
        ROOT / ".make/axe/node_modules/axe-core/axe.min.js",
    )
    script = needed("axe-core", next((place for place in places if place.is_file()), None))
    # The pages forbid scripts; the debugger's own door is not bound by their policy.
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": script.read_text("utf-8")})
    wanted = {"expression": AUDIT, "awaitPromise": True, "returnByValue": True}
    return browser.execute_cdp_cmd("Runtime.evaluate", wanted)["result"]["value"]


def _selenium():
    try:
        from selenium import webdriver
    except ImportError:
        return None
    return webdriver
