"""The radar's geometry: what is drawn, what is left out, and where the words stand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competencies.radar import Axis, Point, draw

SIX = ["政治素养", "专业", "创新", "数字", "共情", "协调应急"]


def six(*values, goals=(None,) * 6):
    return draw([Axis(t, v, g) for t, v, g in zip(SIX, values, goals, strict=True)])


def test_first_axis_points_up_and_the_rest_follow_clockwise():
    radar = six(100, 100, 100, 100, 100, 100)
    assert [(axis.x, axis.y) for axis in radar.axes] == [
        ("150.0", "50.0"),
        ("221.0", "91.0"),
        ("221.0", "173.0"),
        ("150.0", "214.0"),
        ("79.0", "173.0"),
        ("79.0", "91.0"),
    ]


def test_rings_are_quarters_of_the_radius():
    assert draw([Axis("专业", 1), Axis("技术", 2), Axis("共情", 3)]).rings == (
        "150.0,111.5 167.8,142.2 132.2,142.2",
        "150.0,91.0 185.5,152.5 114.5,152.5",
        "150.0,70.5 203.3,162.8 96.7,162.8",
        "150.0,50.0 221.0,173.0 79.0,173.0",
    )


def test_complete_evidence_makes_one_closed_edge():
    radar = six(72, 81, 50, 64, 88, 58)
    (edge,) = radar.edges
    assert edge.split()[:-1] == radar.shape.split()
    assert edge.split()[-1] == edge.split()[0]


def test_axis_without_evidence_has_no_vertex_and_opens_the_edge():
    radar = six(72, 81, None, 64, 88, 58)
    assert [axis.dot is None for axis in radar.axes] == [False, False, True, False, False, False]
    assert [axis.value for axis in radar.axes] == ["72", "81", None, "64", "88", "58"]
    assert radar.shape == "150.0,73.0 207.5,98.8 150.0,132.0 150.0,184.5 87.5,168.1 108.8,108.2"
    assert radar.edges == ("150.0,184.5 87.5,168.1 108.8,108.2 150.0,73.0 207.5,98.8",)


def test_zero_is_evidence():
    radar = six(0, 81, None, 64, 88, 58)
    assert radar.axes[0].value == "0"
    assert radar.axes[0].dot == Point("150.0", "132.0")


def test_lone_axis_between_gaps_keeps_its_dot_and_draws_no_edge():
    radar = six(None, 81, None, 64, 88, None)
    assert radar.axes[1].dot == Point("207.5", "98.8")
    assert radar.edges == ("150.0,184.5 87.5,168.1",)


def test_no_evidence_at_all_draws_no_shape():
    radar = six(*[None] * 6)
    assert (radar.shape, radar.edges, [axis.dot for axis in radar.axes]) == (None, (), [None] * 6)


def test_goals_are_drawn_only_where_they_are_set():
    radar = six(72, 81, None, 64, 88, 58, goals=(60, 70, None, 70, 70, 60))
    assert radar.goals == ("150.0,189.4 100.3,160.7 107.4,107.4 150.0,82.8 199.7,103.3",)
    assert [axis.goal for axis in radar.axes] == ["60", "70", None, "70", "70", "60"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("90.70"), "90.7"),
        (Decimal("86.00"), "86"),
        (Decimal("66.65"), "66.7"),
        (100, "100"),
        (0.04, "0"),
    ],
)
def test_figure_has_at_most_one_decimal(value, text):
    assert six(value, 1, 1, 1, 1, 1).axes[0].value == text


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("协调应急", ["协调应急"]),
        ("共情与心理疏导", ["共情与心", "理疏导"]),
        ("Empathy and support", ["Empathy and", "support"]),
    ],
)
def test_long_title_takes_two_lines(title, lines):
    axis = draw([Axis(title, 50), Axis("技术", 50), Axis("共情", 50)]).axes[0]
    assert [line.text for line in axis.label] == lines


@pytest.mark.parametrize("count", [0, 2, 11])
def test_another_number_of_axes_is_refused(count):
    with pytest.raises(ValueError, match="three to ten axes"):
        draw([Axis("专业", 50)] * count)


@pytest.mark.parametrize("axis", [Axis("专业", 100.1), Axis("专业", -1), Axis("专业", 50, 101)])
def test_number_outside_the_scale_is_refused(axis):
    with pytest.raises(ValueError, match="0 to 100"):
        draw([axis, Axis("技术", 50), Axis("共情", 50)])


@given(st.lists(st.none() | st.integers(0, 100), min_size=3, max_size=10))
def test_everything_stays_inside_the_view_box(values):
    radar = draw([Axis("协调应急", value) for value in values])
    _, top, width, height = map(float, radar.view_box.split())
    for axis in radar.axes:
        for line in axis.label:
            assert 32 <= float(line.x) <= width - 32
        for y in (*(float(line.y) for line in axis.label), float(axis.figure.y), float(axis.y)):
            assert top <= y <= top + height


@given(st.integers(3, 10))
def test_labels_of_neighbours_do_not_overlap(count):
    axes = draw([Axis("协调应急", 50)] * count).axes
    for one, other in zip(axes, [*axes[1:], axes[0]], strict=True):
        apart_x = abs(float(one.figure.x) - float(other.figure.x)) >= 64
        apart_y = abs(float(one.figure.y) - float(other.figure.y)) >= 36
        assert apart_x or apart_y
