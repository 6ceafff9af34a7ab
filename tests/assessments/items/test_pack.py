"""The questions of the demo pack, its exams, and that no question gives itself away."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.items import ITEM_TYPES, ItemInvalid, ResponseInvalid, RubricType, item_type

PACK = Path(__file__).parents[3] / "cms" / "demo" / "pack"
QUESTIONS = {
    question["key"]: question
    for path in sorted((PACK / "questions").iterdir())
    for question in json.loads(path.read_text("utf-8"))
}
EXAMS = {exam["key"]: exam for exam in json.loads((PACK / "exams.json").read_text("utf-8"))}
LEAVES = {"LAW", "SWK", "DIG", "EMP", "POL", "COO", "EMG", "INN"}
CANARY = "CANARY-7f3a"

FIRST_TWELVE = {
    *("BASE-S-001", "BASE-M-002", "BASE-T-003", "BASE-O-004", "BASE-P-005"),
    *("SEC-S-006", "SEC-T-007", "SEC-M-008", "SEC-J-009"),
    *("OPN-O-010", "OPN-S-011", "OPN-C-012"),
}

every_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
every_kind = pytest.mark.parametrize("question", [QUESTIONS[key] for key in sorted(FIRST_TWELVE)])


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in strings(each)]
    if isinstance(value, list):
        return [text for each in value for text in strings(each)]
    return [value] if isinstance(value, str) else []


def marked(value: Any) -> Any:
    """The value with a canary in every string and number of it."""
    if isinstance(value, dict):
        return {name: marked(each) for name, each in value.items()}
    return [marked(each) for each in value] if isinstance(value, list) else f"{CANARY}{value}"


def right_answer(question: dict[str, Any]) -> Any:
    accepted = item_type(question["type"]).right_responses(question["body"], question["answer"])
    return accepted[0] if accepted else None


def test_first_twelve_questions_have_their_types_and_points():
    first = {key: QUESTIONS[key] for key in FIRST_TWELVE}
    assert {key: (q["type"], q["points"], q["minutes"]) for key, q in first.items()} == {
        "BASE-S-001": ("single", 1, 1),
        "BASE-M-002": ("multiple", 2, 2),
        "BASE-T-003": ("true_false", 1, 1),
        "BASE-O-004": ("ordering", 3, 3),
        "BASE-P-005": ("matching", 5, 3),
        "SEC-S-006": ("single", 1, 1),
        "SEC-T-007": ("true_false", 1, 1),
        "SEC-M-008": ("multiple", 2, 2),
        "SEC-J-009": ("short_answer", 10, 8),
        "OPN-O-010": ("ordering", 3, 3),
        "OPN-S-011": ("single", 1, 1),
        "OPN-C-012": ("case_analysis", 20, 25),
    }


@every_question
def test_question_is_valid_and_complete(question):
    item_type(question["type"]).validate(question["body"], question["answer"])
    assert set(question) == {
        *("key", "type", "module", "points", "difficulty", "leaves", "minutes", "as_of", "source"),
        *("body", "answer", "explanation"),
    }
    assert question["difficulty"] in range(1, 6)
    assert set(question["leaves"]) <= LEAVES
    assert sum(Decimal(str(weight)) for weight in question["leaves"].values()) == 1
    assert question["as_of"]
    assert question["explanation"]


@every_question
def test_frozen_parts_hold_no_floats(question):
    """Versions are hashed over canonical JSON, which has no floats."""
    assert [each for each in walk([question["body"], question["answer"]]) if isinstance(each, float)] == []


def walk(value: Any) -> list[Any]:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(each for child in children for each in walk(child))]


@every_question
def test_right_answer_earns_full_marks_or_waits_for_a_person(question):
    kind, points = item_type(question["type"]), Decimal(question["points"])
    if isinstance(kind, RubricType):
        most = {each["id"]: each["max"] for each in question["answer"]["criteria"]}
        assert kind.score_marks(question["answer"], most).points == points
        return
    response = kind.clean_response(question["body"], right_answer(question))
    score = kind.score(question["body"], question["answer"], response, points)
    assert (score.points, score.needs_marking) == (points, False)


def test_answers_are_these():
    assert {key: right_answer(QUESTIONS[key]) for key in FIRST_TWELVE} == {
        "BASE-S-001": "o3",
        "BASE-M-002": ["o1", "o2", "o4"],
        "BASE-T-003": "false",
        "BASE-O-004": ["s3", "s2", "s5", "s1", "s6", "s4"],
        "BASE-P-005": {"l1": "r4", "l2": "r1", "l3": "r5", "l4": "r3", "l5": "r2"},
        "SEC-S-006": "o4",
        "SEC-T-007": "false",
        "SEC-M-008": ["o1", "o3", "o4", "o5"],
        "SEC-J-009": None,
        "OPN-O-010": ["s2", "s4", "s6", "s1", "s3", "s5"],
        "OPN-S-011": "o2",
        "OPN-C-012": None,
    }


def test_reporting_and_checking_may_change_places_in_opn_o_010():
    question, points = QUESTIONS["OPN-O-010"], Decimal(3)
    swapped = ["s2", "s6", "s4", "s1", "s3", "s5"]
    assert item_type("ordering").score(question["body"], question["answer"], swapped, points).points == 3


@every_question
def test_option_texts_carry_no_enumerator(question):
    body = question["body"]
    for entry in [*body.get("options", ()), *body.get("left", ()), *body.get("right", ())]:
        assert entry["text"][0] not in "①②③④⑤⑥⑦⑧⑨⑩"
        assert entry["text"][:2] not in {f"{each} " for each in "12345ABCDE"}


@every_kind
@given(seed=st.text())
def test_present_gives_nothing_of_the_key_away(question, seed):
    """Neither a key nor an explanation, even one that was pasted into the body, reaches the candidate."""
    kind, body = item_type(question["type"]), question["body"]
    order = kind.option_order(body, seed)
    smuggled = {**marked(question["answer"]), "explanation": CANARY, **body}
    for part in ("options", "left", "right", "parts"):
        if part in body:
            smuggled[part] = [{**marked(question["answer"]), **each} for each in body[part]]
    shown = kind.present(smuggled, order)
    assert shown == kind.present(body, order)
    assert CANARY not in json.dumps(shown)


@every_question
def test_present_shows_no_sentence_of_the_answer_or_the_explanation(question):
    kind, body = item_type(question["type"]), question["body"]
    shown = json.dumps(kind.present(body, kind.option_order(body, 1)), ensure_ascii=False)
    answer = question["answer"]
    ids = {each["id"] for each in walk(body) if isinstance(each, dict) and "id" in each}
    secrets = [text for text in [*strings(answer), question["explanation"]] if text not in ids]
    assert [text for text in secrets if text in shown] == []
    assert [name for name in answer if name not in body and f'"{name}"' in shown] == []


@every_question
def test_present_does_not_depend_on_the_right_answer_being_first(question):
    """Across seeds the first right option stands in every place."""
    kind, answer = item_type(question["type"]), question["answer"]
    if question["type"] not in {"single", "multiple"}:
        return
    correct = answer["correct"] if isinstance(answer["correct"], str) else answer["correct"][0]
    places = {kind.option_order(question["body"], seed).index(correct) for seed in range(200)}
    assert places == set(range(len(question["body"]["options"])))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)
ids = st.sampled_from(
    ["o1", "o2", "o3", "s1", "s2", "s3", "s4", "s5", "s6", "l1", "r1", "r2", "p1", "true", ""]
)
hostile = json_values | st.lists(ids) | st.dictionaries(ids, ids | json_values, max_size=6)


@every_kind
@given(raw=hostile)
def test_hostile_response_is_refused_or_becomes_a_stable_score(question, raw):
    kind, body, points = item_type(question["type"]), question["body"], Decimal(question["points"])
    try:
        response = kind.clean_response(body, raw)
    except ResponseInvalid:
        return
    assert kind.clean_response(body, response) == response
    assert json.loads(json.dumps(response)) == response
    score = kind.score(body, question["answer"], response, points)
    assert 0 <= score.points <= score.max == points
    assert isinstance(kind.summarise(body, response), str)
    assert response is not None or (score.points == 0 and not score.needs_marking)


@pytest.mark.parametrize("code", sorted(ITEM_TYPES))
@given(data=st.data())
def test_hostile_question_is_refused_with_problems_never_with_a_crash(code, data):
    broken = {
        name: data.draw(
            json_values | st.lists(st.fixed_dictionaries({"id": ids, "text": st.text(max_size=3)}))
        )
        for name in data.draw(
            st.sets(
                st.sampled_from(
                    [
                        *("stem", "options", "left", "right", "parts", "max_chars", "shuffle"),
                        *("image", "spots", "most", "kinds", "most_files"),
                    ]
                )
            )
        )
    }
    key = {
        name: data.draw(
            json_values | ids | st.lists(ids) | st.lists(st.lists(ids)) | st.dictionaries(ids, ids)
        )
        for name in ("rule", "correct", "orders", "pairs", "criteria", "per_option")
    }
    with pytest.raises(ItemInvalid) as caught:
        item_type(code).validate(broken, key)
    assert caught.value.problems


def test_exams_add_up_and_name_known_questions():
    assert {
        key: (exam["title"], exam["points"], exam["minutes"], exam["pass_percent"])
        for key, exam in EXAMS.items()
    } == {
        "base": ("基础模块考试", 12, 20, 60),
        "smart-security": ("智慧安防考试", 14, 25, 60),
        "public-opinion": ("舆情管理考试", 40, 50, 60),
    }
    assert {key: [each["key"] for each in exam["questions"]] for key, exam in EXAMS.items()} == {
        "base": ["BASE-S-001", "BASE-M-002", "BASE-T-003", "BASE-O-004", "BASE-P-005"],
        "smart-security": ["SEC-S-006", "SEC-T-007", "SEC-M-008", "SEC-J-009"],
        "public-opinion": [
            *("OPN-S-101", "OPN-S-011", "OPN-S-102", "OPN-S-104", "OPN-T-105", "OPN-T-106"),
            *("OPN-M-108", "OPN-M-109", "OPN-M-110", "OPN-O-010", "OPN-P-111", "OPN-C-012"),
        ],
    }
    for exam in EXAMS.values():
        assert sum(each["points"] for each in exam["questions"]) == exam["points"]
        assert all(each["points"] == QUESTIONS[each["key"]]["points"] for each in exam["questions"])
        assert sum(QUESTIONS[each["key"]]["minutes"] for each in exam["questions"]) <= exam["minutes"]


def test_only_one_answer_of_each_special_exam_is_marked_by_a_person():
    by_person = [
        each["key"]
        for exam in EXAMS.values()
        for each in exam["questions"]
        if item_type(QUESTIONS[each["key"]]["type"]).marked_by_person
    ]
    assert by_person == ["SEC-J-009", "OPN-C-012"]
