"""Aiken as it is written by hand and by other programs, what of it is skipped and why, and what it cannot carry."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.formats import Draft, FileRefused, Found, Loss
from assessments.formats.aiken import Aiken
from assessments.formats.usual import at_line
from tests.assessments.formats.drafts import MAKERS, questions
from tests.assessments.formats.patience import soon

SINGLE = "It comes back as a single choice."
RULE = "Its scoring rule is not kept: only exactly the right choices earn marks."
EXTENSION = "Programs that know one right option only will not read it rightly."
SPACES = "Line breaks, repeated spaces and control characters are not kept."
CHOICES_ONLY = "Aiken has choice questions only."
NO_TEXT = "There is no text here that can be read; perhaps it is a picture or a formula."
UNSAYABLE = "Its text would be read as an option or an answer."


def read(text: str) -> list[Found]:
    return list(Aiken().read(BytesIO(text.encode())))


def drafts_of(text: str) -> list[Draft | None]:
    return [found.draft for found in read(text)]


def written(*drafts: Draft) -> tuple[str, list[Loss]]:
    target = BytesIO()
    losses = Aiken().write(drafts, target)
    return target.getvalue().decode(), losses


def reasons(losses: list[Loss]) -> list[str]:
    return [str(loss.reason) for loss in losses]


def body(stem: str, *texts: str) -> dict[str, Any]:
    return {"stem": stem, "options": [{"id": f"o{n}", "text": text} for n, text in enumerate(texts, 1)]}


def single(stem: str, correct: int, *texts: str) -> Draft:
    return Draft("single", body(stem, *texts), {"rule": "exact", "correct": f"o{correct}"})


def multiple(stem: str, correct: list[int], *texts: str, rule: str = "all_or_nothing") -> Draft:
    return Draft("multiple", body(stem, *texts), {"rule": rule, "correct": [f"o{n}" for n in correct]})


# Reading


def test_questions_as_moodle_documents_them() -> None:
    text = (
        "What is the correct answer to this question?\n"
        "A. Is it this one?\nB. Maybe this answer?\nC. Possibly this one?\nD. Must be this one!\nANSWER: D\n"
        "\n"
        "Which LMS has the most quiz import formats?\n"
        "A) Moodle\nB) ATutor\nC) Claroline\nANSWER: A\n"
    )
    assert read(text) == [
        Found(
            at_line(1),
            single(
                "What is the correct answer to this question?",
                4,
                "Is it this one?",
                "Maybe this answer?",
                "Possibly this one?",
                "Must be this one!",
            ),
        ),
        Found(
            at_line(8),
            single("Which LMS has the most quiz import formats?", 1, "Moodle", "ATutor", "Claroline"),
        ),
    ]


def test_full_width_letters_and_chinese_answers() -> None:
    text = (
        "居民会议由谁召集？\nＡ．居民委员会\nＢ、街道办事处\nC）业委会\n答案：Ａ\n\n"
        "选一个\nA.甲\nB.5天\n正确答案: b。\n"
    )
    assert drafts_of(text) == [
        single("居民会议由谁召集？", 1, "居民委员会", "街道办事处", "业委会"),
        single("选一个", 2, "甲", "5天"),
    ]


@pytest.mark.parametrize("answer", ["A, C", "A,C", "AC", "A、C", "Ａ；Ｃ", "c a", "A & C."])
def test_several_letters_are_a_multiple_choice(answer: str) -> None:
    assert read(f"选出居民自治的形式\nA. 居民会议\nB. 区人大\nC. 楼门会\nANSWER: {answer}") == [
        Found(at_line(1), multiple("选出居民自治的形式", [1, 3], "居民会议", "区人大", "楼门会"))
    ]


def test_the_question_may_have_several_lines_and_paragraphs() -> None:
    text = "\n王奶奶住六楼。\nB. 栋没有电梯。\n\n怎么办？\n\nA. 走访\n\nB. 开会\n   讨论\n\nANSWER: A\n"
    assert read(text) == [
        Found(at_line(2), single("王奶奶住六楼。\nB. 栋没有电梯。\n\n怎么办？", 1, "走访", "开会\n讨论"))
    ]


@pytest.mark.parametrize(
    "stem", ["U.S. law?", "A.M. is before noon?", "ANSWER: which one?", "答案：是哪个？"]
)
def test_a_question_may_begin_like_an_option_or_an_answer(stem: str) -> None:
    assert drafts_of(f"{stem}\nA. x\nB. y\nANSWER: B") == [single(stem, 2, "x", "y")]


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        ("没有答案\nA. 甲\nB. 乙\n", "line 1", "There is no ANSWER line."),
        ("没有这一项\nA. 甲\nB. 乙\nANSWER: E", "line 1", "There is no option E."),
        ("没有选项\nANSWER: A", "line 1", "There is no option A."),
        ("ANSWER: A", "line 1", "There is no option A."),
        ("不是字母\nA. 甲\nB. 乙\nANSWER: 甲", "line 1", "“甲” names no option."),
        ("Words\nA. 甲\nB. 乙\nANSWER: A bad one", "line 1", "“A bad one” names no option."),
        ("太长\nA. 甲\nB. 乙\nANSWER: " + "A" * 200, "line 1", f"“{'A' * 79}…” names no option."),
        ("空的\nA. 甲\nB. 乙\nANSWER:", "line 1", "“” names no option."),
        ("两个乙\nA. 甲\nB. 乙\nB. 丙\nANSWER: B", "line 1", "Two options have the letter B."),
        ("一个选项\nA. 甲\nANSWER: A", "line 1, the options", "There are fewer than 2."),
        ("空选项\nA.\nB. 乙\nANSWER: B", "line 1, option A", NO_TEXT),
        ("A. 甲\nB. 乙\nANSWER: A", "line 1, the question's text", NO_TEXT),
    ],
)
def test_what_is_no_question_is_skipped_with_the_reason_and_the_next_is_read(
    text: str, where: str, reason: str
) -> None:
    skipped, fine = read(f"{text}\n\n好\nA. 甲\nB. 乙\nANSWER: A\n")
    assert (str(skipped.where), skipped.draft, str(skipped.reason)) == (where, None, reason)
    assert fine.draft == single("好", 1, "甲", "乙")


@pytest.mark.parametrize("sign", [")", "."])
def test_options_whose_text_follows_without_a_space(sign: str) -> None:
    assert drafts_of(f"Which?\nA{sign}One\nB{sign}Two\nANSWER: B") == [single("Which?", 2, "One", "Two")]


def test_initials_in_a_text_are_no_options() -> None:
    text = "Who?\nA.D. 79 it was.\nA. One,\nC.Smith\nB. Two\nANSWER: B"
    assert drafts_of(text) == [single("Who?\nA.D. 79 it was.", 2, "One,\nC.Smith", "Two")]


def test_a_forgotten_answer_before_options_without_a_space() -> None:
    first, second = read("一\nA.One\nB.Two\n二\nA.Three\nB.Four\nANSWER: B")
    assert str(first.reason) == "There is no ANSWER line."
    assert second == Found(at_line(4), single("二", 2, "Three", "Four"))


def test_a_forgotten_answer_does_not_take_the_next_question_along() -> None:
    first, second, last = read("一\nA. 甲\nB. 乙\n二\nA. 丙\nB. 丁\nANSWER: B\n\n三\nA. 戊")
    assert (str(first.where), str(first.reason)) == ("line 1", "There is no ANSWER line.")
    assert second == Found(at_line(4), single("二", 2, "丙", "丁"))
    assert (str(last.where), str(last.reason)) == ("line 9", "There is no ANSWER line.")


@pytest.mark.parametrize("content", [b"", b"::x::y{T}", b"\x00" * 64, "一\nA. 甲\nB. 乙\n".encode()])
def test_what_is_no_aiken_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused, match="no Aiken file"):
        list(Aiken().read(BytesIO(content)))


@given(
    content=st.binary(max_size=300)
    | st.lists(st.sampled_from(["题", "A. 甲", "B) 乙", "A.", "", "ANSWER: A", "答案：B", "ANSWER: ?"])).map(
        lambda lines: "\n".join([*lines, "ANSWER: A"]).encode()
    )
)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        found = list(Aiken().read(BytesIO(content)))
    except FileRefused:
        return
    assert all((each.draft is None) != (each.reason is None) for each in found)


@pytest.mark.parametrize(
    "text",
    [
        " " * 1_000_000 + "\nx\nA. a\nB. b\nANSWER: A",
        "x" * 1_000_000 + "\nA. a\nB. b\nANSWER: A",
        "x\nA. a\nB. " + "b" * 1_000_000 + "\nANSWER: A",
        "x\nA. a\nB. b\nANSWER: " + "A," * 500_000,
        "x\nA. a\nB. b\nANSWER" + " " * 1_000_000 + ": A",
        "A" * 1_000_000 + "\nANSWER: A",
        "x\n" * 50_000 + "ANSWER: A",
    ],
    ids=range(7),
)
def test_a_hostile_megabyte_is_read_in_a_second(text: str) -> None:
    with soon():
        assert len(read(text)) == 1


# Writing


def test_questions_are_written_as_moodle_documents_them() -> None:
    drafts = single("谁召集？\n选一个：", 2, "街道", "居委会"), multiple("哪些？", [1, 3], "甲", "乙", "丙")
    text, losses = written(*drafts)
    assert text == (
        "谁召集？\n选一个：\nA. 街道\nB. 居委会\nANSWER: B\n\n哪些？\nA. 甲\nB. 乙\nC. 丙\nANSWER: A, C\n\n"
    )
    assert drafts_of(text) == list(drafts)
    assert [(str(loss.where), str(loss.reason), loss.whole) for loss in losses] == [
        ("哪些？", EXTENSION, False)
    ]


def test_a_judgement_comes_back_as_a_single_choice() -> None:
    options = [{"id": "true", "text": "正确"}, {"id": "false", "text": "错误"}]
    draft = Draft("true_false", {"stem": "对吗？", "options": options}, {"rule": "exact", "correct": "false"})
    text, losses = written(draft)
    assert drafts_of(text) == [single("对吗？", 2, "正确", "错误")]
    assert reasons(losses) == [SINGLE]


def test_everything_besides_the_choice_is_a_loss() -> None:
    choice = multiple("哪些？", [1, 2], "甲", "乙", rule="social_worker_exam")
    draft = replace(
        choice,
        body={**choice.body, "shuffle": False, "media": [{"file": "a.png", "alt": "楼"}]},
        answer={**choice.answer, "explanation_cites_options": True},
        explanation="见条例。",
        name="题一",
        category=("社区",),
        tags=("电梯",),
        points=Decimal(2),
        difficulty=3,
        files={"a.png": b"1"},
        extra={"key": "q1"},
    )
    text, losses = written(draft)
    assert drafts_of(text) == [multiple("哪些？", [1, 2], "甲", "乙")]
    assert {(str(loss.where), loss.whole) for loss in losses} == {("题一", False)}
    assert reasons(losses) == [
        "The explanation is not kept.",
        "The name is not kept.",
        "The category is not kept.",
        "The tags are not kept.",
        "The points are not kept.",
        "The difficulty is not kept.",
        "Key, module and whatever else only our own questions have are not kept.",
        "Pictures and sounds are not kept.",
        "That the explanation cites options by letter is not kept.",
        "That the options keep their order is not kept.",
        RULE,
        EXTENSION,
    ]


@pytest.mark.parametrize(
    ("draft", "kept"),
    [
        (single("x", 1, "甲\n乙", "丙"), single("x", 1, "甲 乙", "丙")),
        (single("一\n二", 1, "甲\n乙", "丙"), single("一\n二", 1, "甲 乙", "丙")),
        (single("一 \n二", 1, "甲", "丙"), single("一 二", 1, "甲", "丙")),
        (single("一\nA. 二", 1, "甲", "丙"), single("一 A. 二", 1, "甲", "丙")),
        (single("\ufeff一", 1, "甲\x07", "丙"), single("一", 1, "甲", "丙")),
        (single("\x00一", 1, "甲", "丙"), single("一", 1, "甲", "丙")),
    ],
)
def test_what_would_break_a_line_is_put_on_one_and_told(draft: Draft, kept: Draft) -> None:
    text, losses = written(draft)
    assert (drafts_of(text), reasons(losses)) == ([kept], [SPACES])


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (single("A. 一", 1, "甲", "乙"), UNSAYABLE),
        (single("ANSWER: B", 1, "甲", "乙"), UNSAYABLE),
        (single("x", 1, *(f"第{n}项" for n in range(27))), "Aiken has letters for 26 options only."),
        (
            Draft(
                "short_answer",
                {"stem": "x"},
                {"rule": "rubric", "criteria": [{"id": "c1", "text": "y", "max": 1}]},
            ),
            CHOICES_ONLY,
        ),
    ],
)
def test_what_aiken_cannot_say_is_left_out(draft: Draft, reason: str) -> None:
    text, losses = written(draft)
    assert text == ""
    assert [(str(loss.reason), loss.whole) for loss in losses] == [(reason, True)]


def expected(draft: Draft, lost: list[str]) -> Draft:
    """What is to come back of a draft with these losses."""
    body_, answer = dict(draft.body), dict(draft.answer)
    type = draft.type
    if RULE in lost:
        answer["rule"] = "all_or_nothing"
    if SINGLE in lost:
        ids = {each["id"]: f"o{n}" for n, each in enumerate(body_["options"], 1)}
        right = answer["correct"] if isinstance(answer["correct"], str) else answer["correct"][0]
        type, answer = "single", {"rule": "exact", "correct": ids[right]}
        body_["options"] = [{"id": ids[each["id"]], "text": each["text"]} for each in body_["options"]]
    if SPACES in lost:
        body_["stem"] = " ".join(body_["stem"].split())
    return Draft(type, body_, answer)


@given(drafts=st.lists(questions(("single", "multiple", "true_false")), max_size=3))
def test_choices_come_back_but_for_what_is_told(drafts: list[Draft]) -> None:
    come_back = []
    for draft in drafts:
        text, losses = written(replace(draft, name=""))
        if losses and losses[-1].whole:
            assert (text, reasons(losses)) == ("", [UNSAYABLE])
            continue
        come_back.append(expected(draft, reasons(losses)))
        assert drafts_of(text) == [come_back[-1]]
    if come_back:
        assert drafts_of(written(*drafts)[0]) == come_back


@given(draft=questions(tuple(sorted(MAKERS.keys() - {"single", "multiple", "true_false"}))))
def test_every_other_type_is_left_out(draft: Draft) -> None:
    text, losses = written(draft)
    assert (text, [(str(loss.where), str(loss.reason), loss.whole) for loss in losses]) == (
        "",
        [(draft.name, CHOICES_ONLY, True)],
    )
