"""The charts of the report: the same bytes for the same numbers, nothing left behind, nothing from outside."""

import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest

from tasks.reporting import charts
from tasks.reporting.charts import color_of, draw_scatter, draw_silhouette_curve, text_color_on
from tasks.reporting.drawing import AxisText, axis_over

MARKS = re.compile(r'<use href="#\w+" x="[-\d.]+" y="[-\d.]+"/>')


def curve(silhouette=(0.3, 0.5, 0.4), low=None, high=None, chosen_k=3):
    k = range(2, 2 + len(silhouette))
    return draw_silhouette_curve(k, silhouette, low or silhouette, high or silhouette, chosen_k=chosen_k)


def curve_over_null(null=(0.2, 0.15, None)):
    mean = (0.3, 0.5, 0.4)
    return draw_silhouette_curve([2, 3, 4], mean, mean, mean, chosen_k=3, null=null)


def scatter(n_points=200, n_segments=4, x_label="age (years)", y_label="items bought"):
    rng = np.random.default_rng(5)
    x = rng.integers(18, 90, n_points).astype(np.float64)
    y = rng.integers(0, 7, n_points).astype(np.float64)
    segments = np.arange(n_points) % n_segments + 1
    axes = {"x_axis": AxisText(x_label), "y_axis": AxisText(y_label)}
    return draw_scatter(x, y, segments, **axes, random_state=0)


def scatter_of(x, is_log):
    segments = np.ones(len(x), dtype=np.int64)
    return draw_scatter(x, x, segments, x_axis=AxisText("x", is_log), y_axis=AxisText("y"), random_state=0)


def ids_in(svg):
    return set(re.findall(r' id="([^"]+)"', svg))


@pytest.mark.parametrize("draw", [curve, curve_over_null, scatter])
def test_same_numbers_give_the_same_bytes(draw):
    assert draw() == draw()


@pytest.mark.parametrize("draw", [curve, curve_over_null, scatter])
def test_chart_is_well_formed_and_labeled(draw):
    root = ElementTree.fromstring(draw())
    assert root.tag == "svg"
    assert root.attrib["role"] == "img"
    assert "k is 3" in root.attrib["aria-label"] or "age (years)" in root.attrib["aria-label"]


@pytest.mark.parametrize("draw", [curve, curve_over_null, scatter])
def test_chart_refers_to_nothing_outside_itself(draw):
    svg = draw()
    assert "http" not in svg
    assert "<script" not in svg
    targets = set(re.findall(r'(?:href="|url\()#?([^")]+)', svg))
    assert targets == ids_in(svg)


def test_two_charts_share_no_id():
    assert not ids_in(curve()) & ids_in(scatter())


def test_k_without_silhouette_is_left_out():
    with_gap = curve(silhouette=(0.3, 0.5, None), low=(0.3, 0.5, None), high=(0.3, 0.5, None))
    assert with_gap == curve(silhouette=(0.3, 0.5))


def test_zero_length_interval_is_not_drawn():
    bar = 'stroke="currentColor" stroke-width="1.5"/>'
    assert curve(low=(0.3, 0.4, 0.3), high=(0.3, 0.6, 0.5)).count(bar) == 2
    assert bar not in curve()


def test_permuted_null_is_a_labeled_dashed_line():
    svg = curve_over_null()
    assert "stroke-dasharray" in svg
    assert ">columns permuted<" in svg
    assert "and of permuted columns; the chosen k is 3" in svg
    assert not re.search("columns permuted|and of permuted", curve())


def test_curve_without_null_is_unchanged():
    assert curve_over_null(null=(None, None, None)) == curve() == curve_over_null(null=())


def test_chosen_k_is_written_at_its_point():
    assert ">k = 4<" in curve(chosen_k=4)


@pytest.mark.parametrize("n_segments", [1, 10, 100])
def test_every_point_and_segment_is_drawn(n_segments):
    svg = scatter(n_points=200, n_segments=n_segments)
    marks = len(MARKS.findall(svg))
    assert marks >= 200 + n_segments
    numbers = re.findall(r">(\d+)</text>", svg)
    assert all(numbers.count(str(segment_id)) >= 2 for segment_id in range(1, n_segments + 1))


def test_two_thousand_points_stay_light():
    assert len(scatter(n_points=2000, n_segments=10)) < 150_000


def test_equal_customers_do_not_cover_one_another():
    same = np.full(50, 30.0)
    svg = draw_scatter(
        same, same, np.ones(50, dtype=np.int64), x_axis=AxisText("x"), y_axis=AxisText("y"), random_state=0
    )
    marks = MARKS.findall(svg)
    assert len(set(marks)) > 50


def test_overlapping_segment_numbers_are_spread_apart():
    places = charts._apart(np.full((10, 2), 0.5))
    assert len(set(places)) == 10
    assert all(0 < up < 1 for _, up in places)


@pytest.mark.parametrize(
    "label", ["<script>alert(1)</script>", 'a "b" & c', "Annual Income ($k$)", "年齢 👵", r"\1\alpha"]
)
def test_label_is_text_whatever_is_in_it(label):
    root = ElementTree.fromstring(scatter(x_label=label))
    assert label in [element.text for element in root.iter("text")]


def test_skewed_amounts_get_a_logarithmic_axis():
    svg = scatter_of(np.geomspace(1, 10_000, 50), is_log=True)
    assert {"1", "10", "100", "1,000", "10,000"} <= set(re.findall(r">([\d,]+)</text>", svg))


def test_logarithmic_axis_needs_decades():
    narrow = np.linspace(20, 90, 50)
    assert scatter_of(narrow, is_log=True) == scatter_of(narrow, is_log=False)


def test_segments_look_different_beyond_the_palette():
    looks = {(color_of(number), charts._MARKERS[(number - 1) % len(charts._MARKERS)]) for number in range(1, 101)}
    assert len(looks) == 100


@pytest.mark.parametrize("color", charts.PALETTE)
def test_number_on_a_color_can_be_read(color):
    def luminance(hexadecimal):
        shares = [int(hexadecimal[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
        return float(np.dot((0.2126, 0.7152, 0.0722), linear))

    lighter, darker = sorted((luminance(color), luminance(text_color_on(color))), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_report_is_drawn_without_matplotlib():
    program = "import sys, tasks.report; assert not any(name.startswith('matplotlib') for name in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


@pytest.mark.parametrize("is_log", [False, True])
@pytest.mark.parametrize("values", [[-1e100, 0, 1e100], [5e-324, 0, 0], [2e16, 2e16, 2e16 + 4], [-1000, -1, 0]])
def test_numbers_of_any_size_stand_on_the_chart(values, is_log):
    svg = scatter_of(np.array(values, dtype=np.float64), is_log)
    places = [float(place) for place in re.findall(r' (?:x|y|cx|cy)="([^"]+)"', svg)]
    assert all(0 <= place <= 720 for place in places)


def test_ticks_are_round_numbers_that_do_not_meet():
    axis = axis_over(np.array([18.0, 89.0]), 50, 710, is_whole=True)
    assert [number for _, number in axis.marks()] == ["20", "30", "40", "50", "60", "70", "80", "90"]
    many = axis_over(np.array([-1e100, 1e100]), 50, 710, is_log=True)
    places = [place for place, _ in many.marks()]
    assert len(places) > 5
    assert min(np.diff(places)) > 40


def test_few_customers_are_drawn_without_warning():
    x, y = np.array([64.0, 28.0, 49.0]), np.array([4.0, 3.0, 3.0])
    axes = {"x_axis": AxisText("age (years)"), "y_axis": AxisText("items in purchase history")}
    svg = draw_scatter(x, y, np.array([1, 2, 2]), **axes, random_state=0)
    assert svg.startswith("<svg")


@pytest.mark.parametrize("value", [1.0, 2e16])
@pytest.mark.parametrize("seed", range(3))
def test_equal_customers_are_drawn(value, seed):
    x = np.full(2, value)
    svg = draw_scatter(x, x, np.array([1, 2]), x_axis=AxisText("x"), y_axis=AxisText("y"), random_state=seed)
    assert svg.startswith("<svg")
