"""The report and the list of runs in a real browser: whole on every screen, for everybody, and nothing asked for."""

import shutil

import pytest

from tasks.index_runs import index_runs
from tests.integration.test_segment_names import run
from tests.nights import run_night

pytest.importorskip("playwright", reason="playwright is not installed")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

#: Programs that are Chromium, wherever it is from.
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-headless-shell", "google-chrome"))), None)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed; apt-get install chromium")

HOSTILE = "<img src=x onerror=alert(1)>|*a*|😀 \x1b[31m\u202e\u2066</svg><script>alert(2)</script> " + "x" * 300

#: In the text of a page: what turns the direction of reading, and control characters.
ACTING = r"/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u"

WIDE_SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, numeric

class Wide(Dataset):
    '''Columns that SQL and HTML would take for something else.'''
    select: Series[float] = numeric()
    amount: Series[float] = numeric(alias='a"b', unit='<b>')
    kind: Series[str] = category()
"""


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def two_days(folder):
    run(folder, 1)
    run(folder, 2, kinds={"wine|cheese": 65, "milk|diapers": 33, "chips|soda": 20, "milk|diapers|tea": 33})
    return folder / "home"


def three_customers(folder):
    (folder / "c.csv").write_text("Age,Location,Purchase History\n20,Ohio,tea\n21,Ohio,tea\n70,Iowa,milk, bread\n")
    run_night(folder / "c.csv", folder / "home")
    return folder / "home"


def one_segment(folder):
    (folder / "c.csv").write_text("Age,Location,Purchase History\n" + "30,Ohio,tea\n" * 9)
    run_night(folder / "c.csv", folder / "home")
    return folder / "home"


def twenty_segments(folder):
    lines = [f"{number % 20 * 50 + number % 3},{number},{HOSTILE if number % 2 else 'b'}" for number in range(400)]
    (folder / "wide.py").write_text(WIDE_SCHEMA)
    (folder / "c.csv").write_text("\n".join(['select,"a""b",kind', *lines, ""]))
    run_night(folder / "c.csv", folder / "home", dataset=str(folder / "wide.py"), k=20)
    return folder / "home"


HOMES = {
    "two days": two_days,
    "three customers": three_customers,
    "one segment": one_segment,
    "twenty segments": twenty_segments,
}


@pytest.fixture(scope="module", params=HOMES)
def page_files(request, tmp_path_factory):
    home = HOMES[request.param](tmp_path_factory.mktemp("pages"))
    newest = max(home.glob("runs/*/report.html"), key=lambda path: path.stat().st_mtime)
    return {"report": newest, "list of runs": index_runs(home)}


@pytest.fixture(params=["report", "list of runs"])
def address(request, page_files):
    return page_files[request.param].as_uri()


@pytest.fixture(params=[(360, "dark"), (768, "light"), (1440, "light")], ids=["phone", "tablet", "desk"])
def screen(request, browser):
    width, scheme = request.param
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    yield page
    page.close()


def opened(page, address):
    """Open a page with all that is folded, and return what it said and asked for."""
    found = []
    page.on("console", lambda message: found.append(message.text))
    page.on("request", lambda request: found.append(request.url) if request.url != address else None)
    page.on("dialog", lambda dialog: found.append(dialog.message))
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    return found


def test_page_asks_for_nothing_and_fits(screen, address):
    assert opened(screen, address) == []
    assert screen.evaluate("document.documentElement.scrollWidth") <= screen.viewport_size["width"]


def test_page_can_be_read_by_everybody(browser, page_files):
    page = browser.new_page(viewport={"width": 360, "height": 900}, bypass_csp=True)
    for name, file in page_files.items():
        opened(page, file.as_uri())
        assert page.locator("svg:not([aria-label])").count() == 0
        violations = Axe().run(page).response["violations"]
        serious = [f"{name}: {one['id']}" for one in violations if one["impact"] in ("serious", "critical")]
        assert serious == []
    page.close()


def test_page_has_no_character_that_acts(browser, page_files):
    page = browser.new_page()
    for file in page_files.values():
        opened(page, file.as_uri())
        assert page.evaluate(f"document.documentElement.outerHTML.search({ACTING})") == -1
        assert page.locator("script, img").count() == 0
    page.close()


def test_folded_parts_are_printed(browser, page_files):
    page = browser.new_page()
    page.goto(page_files["report"].as_uri())
    page.emulate_media(media="print")
    assert page.locator("dl").last.is_visible()
    page.close()
