"""The editor's forms: opening and storing a question loses nothing, and what is wrong is told at its field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.items import ITEM_TYPES, ItemInvalid, item_type
from assessments.items.authoring import MEDIA, STEM, Rows, as_before, ids_for, written
from tests.assessments.items.test_pack import QUESTIONS
from tests.assessments.making import TYPES

SIGNS = "居民电梯ABab012 ，。（）=~#:%\\<>&\"'*[]$/|｜＝＊＃！!+-±.\n"
TEXT = st.text(SIGNS, min_size=1, max_size=12).filter(str.strip)
IDS = st.from_regex(r"[a-z][a-z0-9_-]{0,4}", fullmatch=True)
POSITIVE = st.sampled_from([1, 2, "2", "2.0", 2.5, "0.5", 10, "1e2", "0.333333333333333333333333333333333"])
SHARE = st.sampled_from([0, 1, "1", "0.5", 0.25, "0.50", "0.123456789012345678901234567890123"])


def opened(kind: Any, body: Any, key: Any) -> dict[str, Any]:
    """The values of its form as a browser posts them: rows with every column, numbers as text."""
    return written(kind.fill(body, key), body)


def maybe(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def entries(least: int, most: int = 5, **fields: Any) -> st.SearchStrategy[list[dict[str, Any]]]:
    entry = st.fixed_dictionaries({"id": IDS, "text": TEXT, **fields})
    return st.lists(entry, min_size=least, max_size=most, unique_by=lambda each: each["id"])


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in found]


BLANK = st.one_of(
    st.builds(
        lambda accepted, more: {"accepted": accepted, **more},
        st.lists(TEXT, min_size=1, max_size=3),
        maybe(
            partial=st.lists(st.fixed_dictionaries({"text": TEXT, "share": SHARE}), max_size=2),
            case=st.booleans(),
        ),
    ),
    st.builds(
        lambda value, more: {"value": value, **more},
        st.sampled_from([12, "12", -3.5, "1e3", "12.50"]),
        maybe(tolerance=st.sampled_from([0, "0", 0.5, "0.50", "0.0"])),
    ),
)


@st.composite
def choices(draw: Any, type: str) -> Any:
    options = draw(entries(2))
    body = {"options": options, **draw(maybe(shuffle=st.booleans()))}
    more = draw(maybe(explanation_cites_options=st.booleans()))
    if type == "single":
        return body, {"rule": "exact", "correct": draw(st.sampled_from(ids(options))), **more}
    right = draw(st.permutations(ids(options)))[: draw(st.integers(1, len(options)))]
    rule = draw(st.sampled_from(["social_worker_exam", "all_or_nothing", "weighted"]))
    more |= draw(maybe(per_option=POSITIVE))
    if rule == "weighted" and draw(st.booleans()):
        weighed = draw(st.lists(st.sampled_from(ids(options)), min_size=1, unique=True))
        more["weights"] = {each: draw(st.sampled_from([0, 1, "-0.5", 0.25, "0.50"])) for each in weighed}
    return body, {"rule": rule, "correct": right, **more}


@st.composite
def true_false(draw: Any) -> Any:
    options = [{"id": "true", "text": draw(TEXT)}, {"id": "false", "text": draw(TEXT)}]
    key = {"rule": "exact", "correct": draw(st.sampled_from(["true", "false"]))}
    return {"options": options}, {**key, **draw(maybe(explanation_cites_options=st.booleans()))}


@st.composite
def ordering(draw: Any) -> Any:
    options = draw(entries(2))
    orders = draw(st.lists(st.permutations(ids(options)), min_size=1, max_size=3))
    rule = draw(st.sampled_from(["adjacent_pair", "exact", "longest_run"]))
    more = draw(maybe(explanation_cites_options=st.booleans()))
    return {"options": options}, {"rule": rule, "orders": orders, **more}


@st.composite
def matching(draw: Any) -> Any:
    left, right = draw(entries(2)), draw(entries(2))
    pairs = {each: draw(st.sampled_from(ids(right))) for each in ids(left)}
    return {"left": left, "right": right}, {"rule": "per_pair", "pairs": pairs}


@st.composite
def fill_in(draw: Any) -> Any:
    blank = st.builds(lambda id, label, more: {"id": id, "label": label, **more}, IDS, TEXT, maybe(unit=TEXT))
    blanks = draw(st.lists(blank, min_size=1, max_size=3, unique_by=lambda each: each["id"]))
    key = {each: draw(BLANK) for each in ids(blanks)}
    return {"blanks": blanks}, {"rule": draw(st.sampled_from(["per_blank", "all_blanks"])), "blanks": key}


@st.composite
def cloze(draw: Any) -> Any:
    found = draw(st.lists(IDS, min_size=1, max_size=3, unique=True))
    between = st.text(SIGNS, max_size=8).filter(lambda text: "[[" not in text)
    text = draw(between) + "".join(f"[[{each}]]{draw(between)}" for each in found)
    gaps, key = [], {}
    for each in draw(st.permutations(found)):
        options = draw(st.none() | entries(2, 3))
        gaps.append({"id": each, **({"options": options} if options else {})})
        key[each] = {"correct": draw(st.sampled_from(ids(options)))} if options else draw(BLANK)
    return {"text": text, "gaps": gaps}, {"rule": draw(st.sampled_from(["per_gap", "all_gaps"])), "gaps": key}


RUBRIC = maybe(penalty=TEXT, sample=TEXT)


@st.composite
def short_answer(draw: Any) -> Any:
    criteria = draw(entries(1, max=POSITIVE))
    body = draw(maybe(max_chars=st.integers(1, 5000)))
    return body, {"rule": "rubric", "criteria": criteria, **draw(RUBRIC)}


@st.composite
def case_analysis(draw: Any) -> Any:
    part = st.builds(
        lambda id, label, more: {"id": id, "label": label, **more},
        IDS,
        TEXT,
        maybe(max_chars=st.integers(1, 500)),
    )
    parts = draw(st.lists(part, min_size=1, max_size=3, unique_by=lambda each: each["id"]))
    criteria = draw(entries(1, max=POSITIVE, part=st.sampled_from(ids(parts))))
    return {"parts": parts}, {"rule": "rubric", "criteria": criteria, **draw(RUBRIC)}


@st.composite
def hotspot(draw: Any) -> Any:
    shapes = st.sampled_from(
        [("rect", [1, "1.5", 12, 10.0]), ("circle", [30, 10, "6.0"]), ("poly", [5, 20, 20, 20, 12, 28])]
    )
    spot = st.builds(
        lambda id, shape, more: {"id": id, "shape": shape[0], "coords": shape[1], **more},
        IDS,
        shapes,
        maybe(text=TEXT),
    )
    spots = draw(st.lists(spot, min_size=2, max_size=4, unique_by=lambda each: each["id"]))
    right = draw(st.permutations(ids(spots)))[: draw(st.integers(1, len(spots)))]
    most = draw(maybe(most=st.integers(len(right), 6)))
    image = {"file": "a.png", "alt": draw(TEXT), "width": 40, "height": 30}
    rule = draw(st.sampled_from(["all_or_nothing", "per_spot"]))
    return {"image": image, "spots": spots, **most}, {"rule": rule, "correct": right}


@st.composite
def file_upload(draw: Any) -> Any:
    kinds = draw(st.lists(st.sampled_from(["picture", "pdf", "sheet"]), min_size=1, unique=True))
    limits = draw(maybe(most_files=st.integers(1, 10), most_mb=st.integers(1, 50)))
    return {"kinds": kinds, **limits}, {
        "rule": "rubric",
        "criteria": draw(entries(1, max=POSITIVE)),
        **draw(RUBRIC),
    }


MAKERS = {
    "single": choices("single"),
    "multiple": choices("multiple"),
    "true_false": true_false(),
    "ordering": ordering(),
    "matching": matching(),
    "fill_in": fill_in(),
    "cloze": cloze(),
    "short_answer": short_answer(),
    "case_analysis": case_analysis(),
    "hotspot": hotspot(),
    "file_upload": file_upload(),
}
MEDIUM = st.fixed_dictionaries({"file": st.sampled_from(["a.png", "b.JPG", "c.mp3"]), "alt": TEXT})


@pytest.mark.parametrize("type", list(MAKERS))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine fails nothing
@given(data=st.data())
def test_opening_and_storing_loses_nothing(type: str, data: Any) -> None:
    body, key = data.draw(MAKERS[type])
    body = {
        "stem": data.draw(TEXT),
        **body,
        **data.draw(maybe(media=st.lists(MEDIUM, min_size=1, max_size=2))),
    }
    kind = item_type(type)
    kind.validate(body, key)
    made = kind.read(opened(kind, body, key), (body, key))
    assert (made.body, made.key, made.problems) == (body, key, ())


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_questions_of_the_pack_come_back_as_they_were(question: Any) -> None:
    kind, before = item_type(question["type"]), (question["body"], question["answer"])
    made = kind.read(opened(kind, *before), before)
    assert (made.body, made.key) == before


@pytest.mark.parametrize("type", sorted(ITEM_TYPES))
def test_a_sheet_names_every_value_once_and_no_other(type: str) -> None:
    kind = item_type(type)
    body, key, _right = TYPES[type]
    values, sheet = opened(kind, {"stem": "题干", **body}, key), (STEM, MEDIA, *kind.sheet())
    assert sorted(values) == sorted(field.name for field in sheet)
    for field in sheet:
        if isinstance(field, Rows):
            named = {column.name for column in field.columns}
            assert all(set(row) <= named for row in values[field.name])


@pytest.mark.parametrize("type", sorted(ITEM_TYPES))
def test_an_empty_form_is_refused_in_its_own_fields(type: str) -> None:
    kind = item_type(type)
    made = kind.read({"stem": ""})
    with pytest.raises(ItemInvalid) as caught:
        kind.validate(made.body, made.key)
    fields = {field.name for field in (STEM, MEDIA, *kind.sheet())}
    places = {made.place_of(where).split(".")[0] for where, _message in caught.value.problems}
    assert places - fields == set()


def test_a_problem_stands_at_the_row_it_is_about() -> None:
    """Empty rows are no entries, so the rows of the form and the entries of the question are counted differently."""
    kind = item_type("single")
    rows = [
        {"text": ""},
        {"text": "甲", "right": True},
        {"text": ""},
        {"id": "o7", "text": " ", "right": True},
    ]
    made = kind.read({"stem": "题干", "options": rows, "shuffle": True, "rule": "exact"})
    with pytest.raises(ItemInvalid) as caught:
        kind.validate(made.body, made.key)
    assert [made.place_of(where) for where, _message in caught.value.problems] == ["options.3.text"]


def test_new_options_get_ids_of_their_own_and_old_ones_keep_theirs() -> None:
    assert ids_for(["o2", "", "o2", "no id"], "o") == ["o2", "o1", "o3", "o4"]


def test_a_switched_value_is_not_taken_for_the_one_before() -> None:
    assert as_before({"shuffle": False, "per_option": 2}, {"shuffle": True, "per_option": "1"}) == {
        "shuffle": False,
        "per_option": 2,
    }
    assert as_before({"per_option": 1}, {"per_option": "1.0"}) == {"per_option": "1.0"}


def test_a_step_keeps_its_number_when_it_is_moved() -> None:
    kind = item_type("ordering")
    steps = [
        {"id": "o3", "place": "3", "text": "丙"},
        {"id": "o1", "place": "1", "text": "甲"},
        {"id": "", "place": "", "text": "丁"},
    ]
    made = kind.read({"stem": "题干", "steps": steps, "further": "1 3 4", "rule": "exact"})
    assert [each["text"] for each in made.body["options"]] == ["甲", "丙", "丁"]
    assert made.key["orders"] == [["o3", "o1", "o2"], ["o1", "o3", "o2"]]
    refused = kind.read({"stem": "题干", "steps": steps, "further": "1 3 9", "rule": "exact"})
    assert [where for where, _message in refused.problems] == ["further"]


def test_entries_with_the_same_words_share_a_partner() -> None:
    kind = item_type("matching")
    pairs = [
        {"text": "左一", "other": "同"},
        {"text": "左二", "other": "同"},
        {"text": "左三", "other": "异"},
    ]
    made = kind.read({"stem": "题干", "pairs": pairs, "extra": [{"text": "多"}], "rule": "per_pair"})
    assert [each["text"] for each in made.body["right"]] == ["同", "异", "多"]
    assert made.key["pairs"] == {"l1": "r1", "l2": "r1", "l3": "r2"}


def test_a_criterion_of_a_question_that_is_not_there_is_refused_at_its_field() -> None:
    kind = item_type("case_analysis")
    made = kind.read(
        {
            "stem": "案例",
            "parts": [{"label": "（1）"}],
            "criteria": [{"text": "依据", "max": "2", "part": "2"}],
            "rule": "rubric",
        }
    )
    assert [where for where, _message in made.problems] == ["criteria.0.part"]
