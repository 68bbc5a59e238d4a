"""The comparison of frameworks in a real browser: it fits, leads somewhere and is accessible."""

import pytest

from browsing import audit, open_browser, press_tab, resize
from shipworthy.frameworks.common import common_vocabulary, gather, survey
from shipworthy.frameworks.common.page import render_page
from small_mappings import write_acorn, write_birch

pytestmark = pytest.mark.browser

LIBRARY = ("meta-frontier-ai-framework-1.1", "openai-preparedness-framework-2", "starter")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with open_browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    """Two small frameworks, two published ones, and one without a mapping."""
    folder = tmp_path_factory.mktemp("orchard")
    small = (str(write_acorn(folder)), str(write_birch(folder)))
    vocabulary = common_vocabulary()
    return survey(gather([*small, *LIBRARY], {}, vocabulary), vocabulary)


@pytest.fixture(scope="module")
def address(view, tmp_path_factory):
    page = tmp_path_factory.mktemp("page") / "compare.html"
    page.write_bytes(render_page(view))
    return page.as_uri()


@pytest.fixture
def opened(browser, address):
    resize(browser, 1280)
    browser.get(address)
    return browser


def count(opened, selector):
    return opened.execute_script(f"return document.querySelectorAll({selector!r}).length")


def test_the_page_renders_without_a_word_in_the_console(opened):
    assert opened.title == "Safety frameworks side by side"
    assert opened.get_log("browser") == []


def test_every_row_framework_pair_and_assumption_is_there(opened, view):
    assert count(opened, "#topics-table tbody tr") == 30
    assert count(opened, "#domains-table tbody tr") == 11
    assert count(opened, "#topics-table tbody td") == 30 * len(view.members)
    assert count(opened, "article.card") == 2 * len(view.pairs)
    assert count(opened, "#assumptions tbody tr") == len(view.assumptions)
    shown = opened.find_element("id", "frameworks").text
    assert "No mapping to the common vocabulary" in shown


def test_every_link_of_a_cell_and_every_other_leads_to_something_on_the_page(opened, view):
    lost = opened.execute_script(
        "return [...document.querySelectorAll('a')].map(a => a.getAttribute('href'))"
        ".filter(h => !h.startsWith('#') || !document.getElementById(h.slice(1)))"
    )
    doubled = opened.execute_script(
        "const ids = [...document.querySelectorAll('[id]')].map(e => e.id);"
        "return ids.filter((id, at) => ids.indexOf(id) !== at)"
    )
    wanted = sum(len(cell.clauses) for row in view.rows for cell in row.cells)
    assert lost == []
    assert doubled == []
    assert count(opened, "#topics .refs a, #domains .refs a") == wanted > 50


def test_silence_is_said_in_words(opened, view):
    silent = sum(cell.standing == "silent" for row in view.rows for cell in row.cells)
    tags = opened.execute_script(
        "return [...document.querySelectorAll('td .tag.none')]"
        ".filter(e => e.innerText === 'silent').length"
    )
    assert tags == silent > 0


def test_a_cell_of_the_table_of_pairs_leads_to_the_card_with_the_example(opened):
    opened.find_element("css selector", "a[href='#w:deploy:acorn:birch']").click()
    card = opened.execute_script("return document.querySelector(':target').innerText")
    assert "Framework of Acorn would deploy; Framework of Birch would not deploy" in card
    assert "harmful manipulation at scale, before safeguards: significant uplift" in card
    assert "persuade no release when people are manipulated at scale" in card


def test_headers_stay_in_view_while_the_table_scrolls(opened):
    resize(opened, 700)
    moved = opened.execute_script(
        "const box = document.querySelector('#topics .scroll');"
        "box.scrollTop = 400; box.scrollLeft = 300;"
        "const edge = box.getBoundingClientRect();"
        "const head = box.querySelector('thead th:nth-child(3)').getBoundingClientRect();"
        "const row = box.querySelector('tbody th').getBoundingClientRect();"
        "return [box.scrollTop, box.scrollLeft, head.top - edge.top, row.left - edge.left]"
    )
    assert moved[0] == 400
    assert moved[1] > 0
    assert moved[2:] == pytest.approx([1, 1], abs=1)


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_itself_never_scrolls_sideways(opened, width):
    resize(opened, width)
    overflow = opened.execute_script(
        "document.querySelectorAll('details').forEach(one => one.open = true);"
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow == 0


def test_the_first_stop_of_the_keyboard_skips_to_the_comparison(opened):
    from selenium.webdriver import Keys

    skip = press_tab(opened)
    assert skip.text == "Skip to the comparison"
    skip.send_keys(Keys.ENTER)
    assert opened.switch_to.active_element.tag_name == "main"


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "light"), (1280, "dark")])
def test_an_accessibility_audit_finds_no_violation(opened, width, scheme):
    resize(opened, width)
    wanted = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", wanted)
    opened.execute_script("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = audit(opened)
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert found == "[]"
