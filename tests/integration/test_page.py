"""The report says what the tables say: every figure on the page is read back and compared with the published file."""

import html
import re
from datetime import date

import pytest

from schemas.errors import DataRefused, UsageError
from schemas.page import Figure
from tasks.index_runs import index_runs
from tasks.reporting.number_text import percent_text
from tests.integration.test_segment_names import run
from tests.nights import SEED_ROWS, answered, night_up_to, order_of, rows, run_night, value
from warehouse.connection import staging
from warehouse.home.directory import Home
from warehouse.page import read_rows


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Two days, between which some customers moved."""
    folder = tmp_path_factory.mktemp("page")
    run(folder, 1)
    run(folder, 2, kinds={"wine|cheese": 65, "milk|diapers": 33, "chips|soda": 20, "milk|diapers|tea": 33})
    return folder / "home"


def page_of(home):
    run_id = value(home, "SELECT max_by(run_id, started_at) FROM runs")
    return (home / "runs" / run_id / "report.html").read_text(encoding="utf-8")


def plain(markup):
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", markup)).split())


@pytest.fixture(scope="module")
def page(home):
    return page_of(home)


def test_cards_are_the_table_segments(home, page):
    cards = dict(re.findall(r'<li class="card" id="segment-(\d+)".*?>(.*?)</li>', page, re.DOTALL))
    published = rows(
        home,
        "SELECT segment_id, name, segments.customers, share, previous_customers, description, rule, precision, recall "
        "FROM segments JOIN segment_rules USING (segment_id) ORDER BY segment_id",
    )
    assert list(map(int, cards)) == [row[0] for row in published]
    for segment_id, name, customers, share, before, description, rule, precision, recall in published:
        words = plain(cards[str(segment_id)])
        change = "new since 2026-03-01" if before is None else f"{customers - before:+,} since 2026-03-01"
        change = change.replace("-", "\N{MINUS SIGN}").replace("2026\N{MINUS SIGN}03\N{MINUS SIGN}01", "2026-03-01")
        change = "as many as on 2026-03-01" if before == customers else change
        assert words == (
            f"{segment_id} {name} {customers} customers, {percent_text(share)}; {change} {description} "
            f"Rule of thumb: {rule}. It holds for {percent_text(recall)} of these customers, and "
            f"{percent_text(precision)} of those for whom it holds are in this segment."
        )


def test_heat_table_is_segment_stats(home, page):
    table = re.search(r'<table class="profile">(.*?)</table>', page, re.DOTALL)[1]
    shown = {}
    for row in re.findall(r"<tr[^>]*><th scope=\"row\">(.*?)</tr>", table, re.DOTALL):
        name, *cells = [plain(cell) for cell in re.split(r"</t[hd]>", row)[:-1]]
        shown[name] = cells
    for name, cells in shown.items():
        means = rows(
            home,
            "SELECT mean, overall_mean, kind FROM segment_stats "
            f"WHERE feature IN ('{name}', 'basket={name}') ORDER BY segment_id",
        )
        figures = [mean for mean, _, _ in means] + [means[0][1]]
        is_number = means[0][2] == "numeric"
        expected = [f"{figure:.1f}" if is_number else percent_text(figure) for figure in figures]
        assert cells == expected
    assert len(shown) > 5


def test_moves_are_those_of_the_view(home, page):
    drawn = re.findall(r"<title>(.*?) to (.*?): ([\d,]+)</title>", page)
    published = rows(home, "SELECT from_segment_id, to_segment_id, customers FROM segment_moves")
    named = [
        (f"segment {one}" if one else "new", f"segment {two}" if two else "gone", f"{customers:,}")
        for one, two, customers in published
    ]
    assert sorted(drawn) == sorted(named)
    moved = sum(customers for one, two, customers in published if one and two and one != two)
    assert moved > 0
    assert f"; {moved} moved to another one since 2026-03-01." in plain(page)


def test_sizes_are_those_of_the_history(home, page):
    drawn = re.findall(r"<title>(\S+), segment (\d+): ([\d,]+)</title>", page)
    published = rows(home, "SELECT as_of, segment_id, customers FROM history.segments")
    published += rows(home, "SELECT DATE '2026-03-02', segment_id, customers FROM segments")
    assert sorted(drawn) == sorted((str(day), str(segment), f"{size:,}") for day, segment, size in published)


def test_largest_moves_have_their_names(home, page):
    table = re.search(r'aria-label="Largest moves"><table>(.*?)</table>', page, re.DOTALL)[1]
    shown = [plain(line) for line in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)[1:]]
    published = rows(
        home,
        "SELECT segment_moves.customers, from_segment_id, earlier.name, to_segment_id, now.name FROM segment_moves "
        "JOIN segment_lifetimes AS earlier ON from_segment_id = earlier.segment_id "
        "JOIN segments AS now ON to_segment_id = now.segment_id WHERE from_segment_id <> to_segment_id",
    )
    assert len(shown) == 5
    assert set(shown) <= {" ".join(map(str, row)) for row in published}
    assert [int(line.split()[0]) for line in shown] == sorted((row[0] for row in published), reverse=True)[:5]


def test_curve_table_is_k_scores(home, page):
    scores = rows(home, "SELECT k, silhouette, null_silhouette, objective, smallest_segment FROM k_scores ORDER BY k")
    table = re.search(r'aria-label="Figures of each k"><table>(.*?)</table>', page, re.DOTALL)[1]
    lines = [plain(line) for line in re.findall(r"<tr.*?</tr>", table, re.DOTALL)[1:]]
    assert len(lines) == len(scores)
    for line, (k, silhouette, *_, smallest) in zip(lines, scores, strict=True):
        assert line.startswith(f"{k} {silhouette:.4f} ")
        assert f" {smallest} " in line


def test_page_ends_with_the_whole_verdict(home, page):
    words = plain(page)
    verdict = value(home, "SELECT max_by(verdict, started_at) FROM runs")
    assert words.index(verdict) > words.index("For statisticians")
    assert words.index("clearly separate segments.") < words.index("Who they are")


def test_rejected_rows_are_counted_as_in_the_table(tmp_path):
    lines = [
        "Age,Location,Purchase History",
        *(f"{20 + n % 40},Ohio,tea" for n in range(60)),
        "old,Ohio,tea",
        "x,Iowa,tea",
    ]
    (tmp_path / "customers.csv").write_text("\n".join([*lines, ""]))
    run_night(tmp_path / "customers.csv", tmp_path / "home", k=2)
    (row,) = rows(
        tmp_path / "home", "SELECT code, column_name, count(*), min(line_number) FROM rejected_rows GROUP BY ALL"
    )
    assert " ".join(map(str, row)) in plain(page_of(tmp_path / "home"))


def test_query_behind_each_chart_runs(home, page):
    queries = [html.unescape(text) for text in re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)]
    assert len(queries) == 6
    for query in queries:
        _, found = answered(Home(home), query)
        assert found


def test_query_behind_the_curve_runs(first_night):
    text = page_of(first_night / "home")
    query = html.unescape(re.search(r"SQL of silhouette of each k</summary><pre[^>]*>(.*?)</pre>", text, re.DOTALL)[1])
    assert len(answered(Home(first_night / "home"), query)[1]) > 1


def test_first_run_has_nothing_to_compare(first_night):
    words = plain(page_of(first_night / "home"))
    assert "There is no earlier run of another day to compare with." in words
    assert "new since" not in words


def test_moves_without_identifier_are_not_known(first_night, tmp_path):
    for day in (1, 2):
        run_night(first_night / "customers.csv", tmp_path / "home", k=2, as_of=date(2026, 3, day))
    words = plain(page_of(tmp_path / "home"))
    assert words.count("Which customers moved is not known, as the dataset declares no identifier") == 1
    assert "as many as on 2026-03-01" in words


def test_list_of_runs_has_the_refused_one(home, tmp_path):
    (tmp_path / "customers.csv").write_text("nothing\n")
    with pytest.raises(DataRefused):
        run_night(tmp_path / "customers.csv", home, as_of=date(2026, 3, 3))
    text = index_runs(home).read_text(encoding="utf-8")
    lines = [plain(line) for line in re.findall(r"<tr>.*?</tr>", text, re.DOTALL)[1:]]
    assert [line.split()[:2] for line in lines] == [
        ["2026-03-03", "refused"],
        ["2026-03-02", "published"],
        ["2026-03-01", "published"],
    ]
    links = re.findall(r'href="([^"]*)"', text)
    assert len(links) == 2
    assert all((home / "runs" / link).is_file() for link in links)


def test_list_of_no_runs_is_refused(tmp_path):
    with pytest.raises(UsageError, match="there is no run in"):
        index_runs(tmp_path / "home")


def test_spread_is_of_all_customers(write, tmp_path):
    """A segment that is as all customers are says nothing of how far they differ; the others of its feature do."""
    night = night_up_to("describe", order_of(write(SEED_ROWS), tmp_path / "home", k=2))
    with staging(night.run) as database:
        before = {figure.feature: figure.spread for figure in read_rows(database, "report_figures", Figure)}
        database.execute("UPDATE segment_stats SET difference = 0, standardized_difference = 0 WHERE segment_id = 2")
        after = read_rows(database, "report_figures", Figure)
    assert [figure.spread for figure in after] == pytest.approx([before[figure.feature] for figure in after])
