"""Hotspot: areas of a picture."""

from decimal import Decimal
from itertools import combinations
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.items import ItemInvalid, ResponseInvalid, Score, item_type
from assessments.items.spots import bounds, corners, drawn, numbers_of

HOTSPOT = item_type("hotspot")
IMAGE = {"file": "楼道.png", "alt": "一张楼道的平面图", "width": 400, "height": 300}
SPOTS = [
    {"id": "s1", "shape": "rect", "coords": [10, 10, 110, 60], "text": "电动车"},
    {"id": "s2", "shape": "circle", "coords": [200, 150, 40]},
    {"id": "s3", "shape": "poly", "coords": [300, 200, 380, 200, 380, 280, 300, 280], "text": "灭火器"},
    {"id": "s4", "shape": "rect", "coords": ["0.5", 200, 100, 299.5]},
]
BODY = {"stem": "指出隐患", "image": IMAGE, "spots": SPOTS}
STRICT = {"rule": "all_or_nothing", "correct": ["s1", "s2"]}
PARTLY = {"rule": "per_spot", "correct": ["s1", "s2"]}


@pytest.mark.parametrize(
    ("response", "strict", "partly"),
    [
        (["s1", "s2"], "3", "3"),
        (["s1"], "0", "1.5"),
        (["s1", "s2", "s3"], "0", "1.5"),
        (["s1", "s3"], "0", "0"),
        (["s3", "s4"], "0", "0"),
        (["s1", "s2", "s3", "s4"], "0", "0"),
        (None, "0", "0"),
    ],
)
def test_hotspot_scores_by_its_rule(response, strict, partly):
    assert HOTSPOT.score(BODY, STRICT, response, Decimal(3)).points == Decimal(strict)
    assert HOTSPOT.score(BODY, PARTLY, response, Decimal(3)).points == Decimal(partly)


def test_hotspot_detail_tells_right_missed_and_wrong_apart():
    assert HOTSPOT.score(BODY, PARTLY, ["s1", "s3"], Decimal(3)) == Score(
        Decimal(0), Decimal(3), detail={"s1": "right", "s2": "missed", "s3": "wrong"}
    )


@pytest.mark.parametrize(
    ("raw", "clean"),
    [(["s3", "s1", "s3"], ["s1", "s3"]), ("s2", ["s2"]), ([""], None), ([], None), (None, None)],
)
def test_hotspot_response_is_normalised_to_stored_order(raw, clean):
    assert HOTSPOT.clean_response(BODY, raw) == clean


@pytest.mark.parametrize("raw", ["s9", ["s1", "s9"], 3, {"s1": "on"}, [["s1"]], [1], "A"])
def test_hotspot_refuses_what_is_not_a_set_of_its_areas(raw):
    with pytest.raises(ResponseInvalid):
        HOTSPOT.clean_response(BODY, raw)


def test_hotspot_takes_no_more_than_may_be_chosen():
    body = {**BODY, "most": 2}
    assert HOTSPOT.clean_response(body, ["s1", "s3"]) == ["s1", "s3"]
    with pytest.raises(ResponseInvalid, match="Choose at most 2"):
        HOTSPOT.clean_response(body, ["s1", "s2", "s3"])


@pytest.mark.parametrize(
    "key", [STRICT, PARTLY, {**PARTLY, "correct": ["s4"]}, {**STRICT, "correct": ["s3"]}]
)
@pytest.mark.parametrize("most", [None, 2, 3, 9])
def test_random_guess_score_is_the_mean_over_every_set_that_may_be_chosen(key, most):
    body = BODY if most is None else {**BODY, "most": most}
    ids = ["s1", "s2", "s3", "s4"]
    sets = [list(one) for size in range(1, min(most or 4, 4) + 1) for one in combinations(ids, size)]
    scores = [HOTSPOT.score(body, key, one, Decimal(2)).points for one in sets]
    mean = (sum(scores) / len(scores)).quantize(Decimal("0.000001"))
    assert HOTSPOT.random_guess_score(body, key, Decimal(2)) == mean


def test_hotspot_answer_in_words_has_the_letters_of_the_picture():
    assert HOTSPOT.summarise(BODY, ["s1", "s2"]) == "A 电动车；B"
    assert HOTSPOT.in_words(BODY, [], ["s3"]) == "C 灭火器"
    assert HOTSPOT.summarise(BODY, None) == ""
    assert HOTSPOT.cited(BODY, []) == [("A", "电动车"), ("C", "灭火器")]
    assert HOTSPOT.right_responses(BODY, {**PARTLY, "correct": ["s2", "s1"]}) == [["s1", "s2"]]


def test_hotspot_rule_is_told_without_the_key():
    assert str(HOTSPOT.rule_note(PARTLY)) == (
        "Each right area earns its part, each wrong one takes as much away; never below 0."
    )


def test_hotspot_shows_areas_and_nothing_of_the_key():
    shown = HOTSPOT.present({**BODY, "most": 2}, [])
    assert shown == {
        "type": "hotspot",
        "stem": "指出隐患",
        "image": IMAGE,
        "spots": [{"text": "", **each} for each in SPOTS],
        "most": 2,
    }
    assert HOTSPOT.option_order(BODY, "seed") == []


def test_hotspot_form_draws_shapes_with_their_letters():
    form = HOTSPOT.form({**BODY, "most": 1}, [], ["s3"], "answer")
    assert (form.input, form.drawing.most) == ("radio", 1)
    assert [(each.id, each.label, each.chosen) for each in form.options] == [
        ("s1", "A", False),
        ("s2", "B", False),
        ("s3", "C", True),
        ("s4", "D", False),
    ]
    assert [(each.shape, each.numbers, each.left, each.top) for each in form.drawing.spots] == [
        ("rect", (("x", "10"), ("y", "10"), ("width", "100"), ("height", "50")), "15", "11.7"),
        ("circle", (("cx", "200"), ("cy", "150"), ("r", "40")), "50", "50"),
        ("polygon", (("points", "300,200 380,200 380,280 300,280"),), "85", "80"),
        ("rect", (("x", "0.5"), ("y", "200"), ("width", "99.5"), ("height", "99.5")), "12.6", "83.2"),
    ]
    assert HOTSPOT.form(BODY, [], None, "answer").input == "checkbox"


@pytest.mark.parametrize("posted", ["s1", {"s1": "on"}, [["s1"]], 3])
def test_hotspot_form_survives_what_was_posted_and_refused(posted):
    chosen = [each.id for each in HOTSPOT.form(BODY, [], posted, "answer").options if each.chosen]
    assert chosen == (["s1"] if posted == "s1" else [])


def spot(shape, coords):
    return {"id": "s9", "shape": shape, "coords": coords}


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({"image": None}, ["body.image"]),
        ({"image": {**IMAGE, "file": "a.svg"}}, ["body.image.file"]),
        ({"image": {**IMAGE, "alt": ""}}, ["body.image.alt"]),
        ({"image": {**IMAGE, "alt": "字" * 401}}, ["body.image.alt"]),
        ({"image": {**IMAGE, "width": 0, "height": "300"}}, ["body.image.width", "body.image.height"]),
        ({"image": {"file": "a.png"}}, ["body.image.alt", "body.image.height", "body.image.width"]),
        ({"spots": SPOTS[:1]}, ["body.spots", "key.correct"]),
        ({"spots": "s1"}, ["body.spots", "key.correct", "key.correct"]),
        ({"spots": [*SPOTS, SPOTS[0]]}, ["body.spots[4].id"]),
        ({"spots": [*SPOTS, {**SPOTS[1], "id": "s9", "text": " "}]}, ["body.spots[4].text"]),
        ({"spots": [*SPOTS, {"id": "s9"}]}, ["body.spots[4].coords", "body.spots[4].shape"]),
        ({"spots": [{**SPOTS[1], "id": f"s{n}"} for n in range(1, 28)]}, ["body.spots"]),
        ({"most": 0}, ["body.most", "key.correct"]),
        ({"most": 1}, ["key.correct"]),
        ({"most": "2"}, ["body.most"]),
    ],
)
def test_validate_says_where_the_body_is_wrong(change, problems):
    with pytest.raises(ItemInvalid) as caught:
        HOTSPOT.validate({**BODY, **change}, PARTLY)
    assert [field for field, _ in caught.value.problems] == problems


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (spot("oval", [1, 2, 3]), "shape"),
        (spot("rect", [1, 2, 3]), "coords"),
        (spot("rect", [50, 10, 50, 60]), "coords"),
        (spot("rect", [60, 10, 50, 60]), "coords"),
        (spot("rect", [0, 0, 401, 300]), "coords"),
        (spot("rect", [-1, 0, 40, 30]), "coords"),
        (spot("circle", [10, 100, 11]), "coords"),
        (spot("circle", [395, 100, 6]), "coords"),
        (spot("circle", [100, 100, 0]), "coords"),
        (spot("poly", [1, 1, 2, 2]), "coords"),
        (spot("poly", [1, 1, 2, 2, 3, 1, 4]), "coords"),
        (spot("poly", [1, 1, 5, 5, 9, 9]), "coords"),
        (spot("poly", [1, 1, 5, 5, 9, 301]), "coords"),
        (spot("poly", [1, 1] * 101), "coords"),
        (spot("rect", "1,2,3,4"), "coords"),
        (spot("rect", [1, 2, None, 4]), "coords"),
        (spot("circle", [1, 2, float("nan")]), "coords"),
    ],
)
def test_validate_says_which_area_is_wrong(wrong, where):
    with pytest.raises(ItemInvalid) as caught:
        HOTSPOT.validate({**BODY, "spots": [*SPOTS, wrong]}, PARTLY)
    assert [field for field, _ in caught.value.problems] == [f"body.spots[4].{where}"]


@pytest.mark.parametrize("correct", [[], ["s9"], ["s1", "s1"], "s1"])
def test_validate_refuses_a_key_that_names_no_area(correct):
    with pytest.raises(ItemInvalid) as caught:
        HOTSPOT.validate(BODY, {"rule": "per_spot", "correct": correct})
    assert {field for field, _ in caught.value.problems} == {"key.correct"}


HOTSPOT_POINT = st.tuples(st.integers(0, 400), st.integers(0, 300))
STAIRS = [0, 0, 100, 0, 100, 10, 10, 10, 10, 90, 100, 90, 100, 100, 0, 100]  # a C: its middle is outside


def inside(points, x, y):
    """Even-odd rule."""
    edges = zip(points, (*points[1:], points[0]), strict=True)
    return (
        sum(
            (ay <= y) != (by <= y) and x < ax + (y - ay) * (bx - ax) / (by - ay)
            for (ax, ay), (bx, by) in edges
        )
        % 2
    )


def test_letter_of_a_hollow_area_stands_on_it():
    shape = drawn(spot("poly", STAIRS), (100, 100), label="A", chosen=False)
    assert (shape.left, shape.top) == ("5", "50")


@given(points=st.lists(HOTSPOT_POINT, min_size=3, max_size=8))
def test_letter_stands_inside_whatever_area_is_valid(points):
    flat = [number for point in points for number in point]
    body = {**BODY, "spots": [*SPOTS, spot("poly", flat)]}
    try:
        HOTSPOT.validate(body, PARTLY)
    except ItemInvalid:
        return
    numbers = numbers_of(flat)
    shape = drawn(spot("poly", flat), (400, 300), label="A", chosen=False)
    left, top, right, bottom = bounds("poly", numbers)
    at = SimpleNamespace(x=Decimal(shape.left) * 4, y=Decimal(shape.top) * 3)
    assert left - 1 <= at.x <= right + 1
    assert top - 1 <= at.y <= bottom + 1
    if min(right - left, bottom - top) > 40 and len(points) == 3:
        assert inside(corners(numbers), at.x, at.y)


@given(
    picked=st.sets(st.sampled_from(["s1", "s2", "s3", "s4"])),
    correct=st.sets(st.sampled_from(["s1", "s2", "s3", "s4"]), min_size=1),
    points=st.decimals("0.5", "20", places=1),
)
def test_score_stays_within_its_points_and_only_all_right_earns_all(picked, correct, points):
    key = {"rule": "per_spot", "correct": sorted(correct)}
    response = sorted(picked) or None
    score = HOTSPOT.score(BODY, key, response, points)
    assert 0 <= score.points <= score.max == points
    assert (score.points == points) == (picked == correct)
    fewer_slips = HOTSPOT.score(BODY, key, sorted(picked & correct) or None, points)
    assert score.points <= fewer_slips.points
