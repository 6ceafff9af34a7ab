"""GIFT as Moodle and people write it, what of it is told as not kept, and our own questions there and back."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.formats import Draft, FileRefused, Found, Loss, renumbered
from assessments.formats.gift import Gift
from assessments.formats.own import CHANGED, fingerprint
from assessments.formats.usual import at_line
from tests.assessments.formats.drafts import IN_TEXT, questions
from tests.assessments.formats.patience import soon

NATIVE = ("single", "multiple", "true_false", "matching", "short_answer")
ESSAYS = ("ordering", "cloze", "case_analysis", "file_upload")
AS_ESSAY = "Other programs see this question as an essay: GIFT has no form for its type."
FEEDBACK = "The feedback for single answers is not kept."
NO_TEXT = "There is no text here that can be read; perhaps it is a picture or a formula."
UNREAD = str(CHANGED)


def read(text: str) -> list[Found]:
    return list(Gift().read(BytesIO(text.encode())))


def one(text: str) -> Found:
    (found,) = read(text)
    return found


def draft(text: str) -> Draft:
    found = one(text)
    assert found.draft is not None, str(found.reason)
    assert not found.warnings
    return found.draft


def warned(text: str) -> tuple[Draft | None, list[str]]:
    found = one(text)
    return found.draft, [str(each) for each in found.warnings]


def written(*drafts: Draft) -> tuple[str, list[Loss]]:
    target = BytesIO()
    losses = Gift().write(drafts, target)
    return target.getvalue().decode(), losses


def options(*texts: str) -> list[dict[str, str]]:
    return [{"id": f"o{number}", "text": text} for number, text in enumerate(texts, 1)]


def blank(stem: str, key: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    body = {"stem": stem, "blanks": [{"id": "b1", "label": "答案"}]}
    return body, {"rule": "per_blank", "blanks": {"b1": key}}


# Reading


def test_single_choice_with_the_answers_on_lines_of_their_own() -> None:
    found = one(
        "// 第一章\n\n// 电梯\n"
        "::加装电梯::既有多层住宅加装电梯，应征求谁的意见？{\n\t~物业公司\n\t=本单元业主\n\t~街道办事处\n}\n"
    )
    assert found == Found(
        at_line(4),
        Draft(
            type="single",
            name="加装电梯",
            body={
                "stem": "既有多层住宅加装电梯，应征求谁的意见？",
                "options": options("物业公司", "本单元业主", "街道办事处"),
            },
            answer={"rule": "exact", "correct": "o2"},
        ),
    )


def test_the_missing_word_becomes_a_blank_in_the_stem() -> None:
    assert draft("Grant is {~buried =entombed ~living} in Grant's tomb.") == Draft(
        type="single",
        body={"stem": "Grant is ＿＿ in Grant's tomb.", "options": options("buried", "entombed", "living")},
        answer={"rule": "exact", "correct": "o2"},
    )
    assert draft("Two plus {=two =2} equals four.").body["stem"] == "Two plus ＿＿ equals four."


def test_percentages_are_weights_and_say_which_are_right() -> None:
    assert draft(
        "居民自治的形式有{\n~%50%居民会议\n~%50%居民代表会议\n~%-100%区人大会议\n~楼门会\n}"
    ) == Draft(
        type="multiple",
        body={
            "stem": "居民自治的形式有",
            "options": options("居民会议", "居民代表会议", "区人大会议", "楼门会"),
        },
        answer={
            "rule": "weighted",
            "correct": ["o1", "o2"],
            "weights": {"o1": "0.5", "o2": "0.5", "o3": "-1", "o4": "0"},
        },
    )


def test_percentages_without_a_penalty_stay_weights() -> None:
    key = draft("三分之一{~%33.33333%a ~%33.33333%b ~%33.33333%c ~d}").answer
    assert key["weights"] == {"o1": "0.3333333", "o2": "0.3333333", "o3": "0.3333333", "o4": "0"}
    assert draft("{=%50%a =%50%b ~%-50%c} 之中").answer["correct"] == ["o1", "o2"]


def test_several_whole_answers_are_all_asked_for() -> None:
    found, warnings = warned("Which are primary colours? {=red =blue ~green}")
    assert found == Draft(
        type="multiple",
        body={"stem": "Which are primary colours?", "options": options("red", "blue", "green")},
        answer={"rule": "all_or_nothing", "correct": ["o1", "o2"]},
    )
    assert warnings == ["Any one of several right options counted in full; here all of them must be chosen."]


def test_part_marks_in_a_single_choice_are_told() -> None:
    found, warnings = warned("Jesus Christ was from {~Jerusalem ~%25%Bethlehem ~%50%Galilee =Nazareth}.")
    assert found is not None
    assert found.answer == {"rule": "exact", "correct": "o4"}
    assert warnings == ["Part marks for single options are not kept: one option is right."]


@pytest.mark.parametrize("mark", ["T", "TRUE", "true"])
def test_true(mark: str) -> None:
    assert draft(f"1+1\\=2 {{{mark}}}") == Draft(
        type="true_false",
        body={
            "stem": "1+1=2",
            "options": [{"id": "true", "text": "正确"}, {"id": "false", "text": "错误"}],
        },
        answer={"rule": "exact", "correct": "true"},
    )


def test_false_with_feedback_and_an_explanation() -> None:
    found, warnings = warned("::Q1:: 太阳从西边升起。{\nFALSE#想一想早晨。#对了。\n####地球自西向东转。}")
    assert found is not None
    assert (found.answer["correct"], found.explanation) == ("false", "地球自西向东转。")
    assert warnings == [FEEDBACK]


def test_short_answers_are_a_blank() -> None:
    body, key = blank("Who's buried in Grant's tomb?", {"accepted": ["no one", "nobody"]})
    assert draft("Who's buried in Grant's tomb?{=no one =nobody}") == Draft("fill_in", body, key)
    assert draft("Who's buried in Grant's tomb?{no one=nobody}") == Draft("fill_in", body, key)


def test_part_marks_of_short_answers_are_kept() -> None:
    found, warnings = warned("哪种动物最好？{\n=青蛙#对\n=%50%猫#为什么总是猫\n=%0%*#不对\n}")
    body, key = blank("哪种动物最好？", {"accepted": ["青蛙"], "partial": [{"text": "猫", "share": "0.5"}]})
    assert (found, warnings) == (Draft("fill_in", body, key), [FEEDBACK])


def test_wildcards_are_plain_asterisks_and_told() -> None:
    found, warnings = warned("写出一种楼梯{=*楼梯*}")
    assert found is not None
    assert found.answer["blanks"]["b1"] == {"accepted": ["*楼梯*"]}
    assert warnings == ["The wildcard * in “*楼梯*” is taken as a plain asterisk."]
    assert draft("乘号写作{=\\*}").answer["blanks"]["b1"] == {"accepted": ["*"]}


@pytest.mark.parametrize(
    ("inside", "key"),
    [
        ("#3:0.5", {"value": 3, "tolerance": "0.5"}),
        ("#3", {"value": 3}),
        ("# 3.1415:0", {"value": "3.1415"}),
        ("#1..5", {"value": 3, "tolerance": 2}),
        ("#-1.5 .. 0", {"value": "-0.75", "tolerance": "0.75"}),
        ("#\n\t=%100%1822:0#\n", {"value": 1822}),
    ],
)
def test_numbers(inside: str, key: dict[str, Any]) -> None:
    assert draft(f"多少？{{{inside}}}") == Draft("fill_in", *blank("多少？", key))


def test_of_several_numbers_the_whole_one_is_kept() -> None:
    found, warnings = warned("When was Grant born? {#\n=1822:0 #Correct!\n=%50%1822:2 #Half\n~#Wrong\n}")
    assert found == Draft("fill_in", *blank("When was Grant born?", {"value": 1822}))
    assert warnings == [FEEDBACK, "Part marks for a number near the right one are not kept."]
    assert warned("{#=1 =2}多少") == (
        Draft("fill_in", *blank("＿＿多少", {"value": 1})),
        ["Only the first of several right numbers is kept."],
    )


def test_matching_with_a_partner_twice_and_a_wrong_one() -> None:
    assert draft(
        "把事项与部门对上。{\n=低保申请 -> 民政\n=残疾证->残联\n=临时救助 -> 民政\n= -> 税务\n}"
    ) == Draft(
        type="matching",
        body={
            "stem": "把事项与部门对上。",
            "left": [
                {"id": "l1", "text": "低保申请"},
                {"id": "l2", "text": "残疾证"},
                {"id": "l3", "text": "临时救助"},
            ],
            "right": [
                {"id": "r1", "text": "民政"},
                {"id": "r2", "text": "残联"},
                {"id": "r3", "text": "税务"},
            ],
        },
        answer={"rule": "per_pair", "pairs": {"l1": "r1", "l2": "r2", "l3": "r1"}},
    )


def test_an_essay_is_a_short_answer_with_one_criterion() -> None:
    assert draft("Write a short biography of Dag Hammarskjöld. {####看事迹。}") == Draft(
        type="short_answer",
        body={"stem": "Write a short biography of Dag Hammarskjöld."},
        answer={"rule": "rubric", "criteria": [{"id": "c1", "text": "按答题情况给分", "max": 1}]},
        explanation="看事迹。",
    )


def test_escapes() -> None:
    found = draft("::a\\:\\:b::集合 \\{1, 2\\} 有 3\\=1+2 \\~ \\#1\\n第二行 \\\\n \\a{=\\=对 ~\\~错}")
    assert found.name == "a::b"
    assert found.body == {
        "stem": "集合 {1, 2} 有 3=1+2 ~ #1\n第二行 \\n \\a",
        "options": options("=对", "~错"),
    }


def test_categories_hold_until_the_next() -> None:
    text = "$CATEGORY: $course$/top/社区治理/居民//业主\n\n一{T}\n\n二{F}\n\n$CATEGORY: tom\n三{T}\n$CATEGORY: /\n四{T}"
    places = [found.draft and found.draft.category for found in read(text)]
    assert places == [("社区治理", "居民/业主"), ("社区治理", "居民/业主"), ("tom",), ()]


def test_tags_stand_in_a_comment() -> None:
    found, warnings = warned("// question: 7  name: x\n// [id:q-7] [tag:社区] [tag:a\\]b] [tag:社区]\nx{T}")
    assert found is not None
    assert found.tags == ("社区", "a]b")
    assert warnings == ["The id number q-7 is not kept."]


def test_html_becomes_text_and_what_goes_is_told() -> None:
    found, warnings = warned(
        '[html]<p dir\\="ltr">哪一项<b>不</b>是\n&lt;权利&gt;？</p><img src\\="@@PLUGINFILE@@/a.png">'
        "{=[html]<i>投票</i> ~[plain]<b>}"
    )
    assert found is not None
    assert found.body == {"stem": "哪一项不是 <权利>？", "options": options("投票", "<b>")}
    assert warnings == [
        "Pictures and sounds are not kept: @@PLUGINFILE@@/a.png.",
        "The formatting of the text is not kept: b.",
        "The formatting of the text is not kept: i.",
    ]


def test_a_text_of_no_said_format_may_have_markup_and_need_not() -> None:
    assert draft("若 a < b 且 b > c{T}").body["stem"] == "若 a < b 且 b > c"
    assert draft("第一行<br>第二行{T}").body["stem"] == "第一行\n第二行"
    assert draft("[markdown]**必须**吗？{T}").body["stem"] == "**必须**吗？"


def test_braces_may_span_empty_lines() -> None:
    assert draft("哪一个？{\n\n=甲\n\n~乙\n\n}").body["options"] == options("甲", "乙")


def test_a_forgotten_empty_line_before_a_named_question() -> None:
    assert [str(found.where) for found in read("::一::x{T}\n::二::y{F}\n// 三\nz{T}")] == [
        "line 1",
        "line 2",
        "line 4",
    ]


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        ("下面几题关于电梯。", "line 1", "This is a description: it has no braces with answers."),
        ("没有写完{=甲 ~乙", "line 1", "The braces of the answers are not both there."),
        ("反了}=甲{", "line 1", "The braces of the answers are not both there."),
        (
            "一{T}二{F}",
            "line 1",
            "There are several pairs of braces. Put an empty line between questions.",
        ),
        ("没有对的{~甲 ~乙}", "line 1", "No option is marked as right."),
        ("没有满分{=%50%甲}", "line 1", "No answer earns full marks."),
        ("没有满分{#=%50%1:0}", "line 1", "No answer earns full marks."),
        ("多少{#三}", "line 1", "“三” is not a number."),
        ("多少{#1e99999}", "line 1", "“1e99999” is not a number."),
        ("对上{=甲 -> 乙 =丙}", "line 1", "An entry to be matched has no partner: write = entry -> partner."),
        ("太多{" + "~a" * 501 + "}", "line 1", "There are more than 500 answers."),
        ("一个选项{=甲 ~}", "line 1, option B", NO_TEXT),
        ("{T}", "line 1, the question's text", NO_TEXT),
    ],
)
def test_what_is_no_question_is_skipped_with_the_reason_and_the_next_is_read(
    text: str, where: str, reason: str
) -> None:
    skipped, fine = read(f"{text}\n\n::好::好{{T}}")
    assert (str(skipped.where), skipped.draft, str(skipped.reason)) == (where, None, reason)
    assert fine.draft is not None
    assert fine.draft.name == "好"


@pytest.mark.parametrize("content", [b"", b"1. \xe4\xb8\x80\nA. x\nB. y\nANSWER: A", b"\x00" * 64])
def test_what_is_no_gift_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused, match="no GIFT file"):
        list(Gift().read(BytesIO(content)))


@given(content=st.binary(max_size=300) | st.text("{}=~#%:\\->/[]$\n Ta1.*<", max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        found = list(Gift().read(BytesIO(content)))
    except FileRefused:
        return
    assert all((each.draft is None) != (each.reason is None) for each in found)


@pytest.mark.parametrize(
    "text",
    [
        "{" + "~" * 1_000_000 + "}",
        "{" * 1_000_000,
        "\\" * 1_000_000 + "{",
        "// " + "[tag:" * 200_000 + "\nx{T}",
        "// qinglan: " + "[" * 1_000_000 + "\nx{T}",
        "[html]" + "<b>" * 300_000 + "{T}",
        "x" + "<p " * 300_000 + "{T}",
        "x{#" + "1" * 1_000_000 + "}",
        "x{=%" + "1" * 1_000_000 + "}",
        "x{" + "= a->b" * 160_000 + "}",
        "x {a\n\n" + "b\n\n" * 50_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_hostile_megabyte_is_read_in_a_second(text: str) -> None:
    with soon():
        assert len(read(text)) == 1


# Writing


def test_a_question_is_written_as_moodle_writes_it() -> None:
    question = Draft(
        type="multiple",
        name="电梯",
        category=("社区", "电梯/楼道"),
        tags=("加装",),
        body={"stem": "哪些？\n选出来：", "options": options("甲", "%50%乙", "[丙]")},
        answer={"rule": "social_worker_exam", "correct": ["o1", "o2"]},
        explanation="见 {条例}。",
        points=Decimal(2),
        difficulty=3,
    )
    text, losses = written(question)
    weights = {"o1": "0.5", "o2": "0.5", "o3": "-1"}
    noted = {
        "answer.rule": {"is": "social_worker_exam", "was": fingerprint("weighted")},
        "answer.weights": {"was": fingerprint(weights)},
        "difficulty": {"is": 3, "was": fingerprint(None)},
        "points": {"is": "2", "was": fingerprint(None)},
    }
    facts = json.dumps(noted)
    assert text == (
        "$CATEGORY: 社区/电梯//楼道\n\n"
        f"// qinglan: {facts}\n"
        "// [tag:加装]\n"
        "::电梯::[plain]哪些？\\n选出来：{\n"
        "\t~%50%甲\n\t~%50%[plain]%50%乙\n\t~%-100%[plain][丙]\n\t####见 \\{条例\\}。\n}\n\n"
    )
    assert losses == []
    assert [found.draft for found in read(text)] == [question]


def test_what_the_gift_says_by_itself_needs_no_comment() -> None:
    question = Draft(
        type="single",
        body={"stem": "x", "options": options("甲", "乙")},
        answer={"rule": "exact", "correct": "o2"},
    )
    assert written(question)[0] == "[plain]x{\n\t~甲\n\t=乙\n}\n\n"


def test_an_arrow_in_an_entry_is_written_as_html() -> None:
    question = Draft(
        type="matching",
        body={
            "stem": "x",
            "left": [{"id": "l1", "text": "a -> b & c"}, {"id": "l2", "text": "d"}],
            "right": [{"id": "r1", "text": "e -> f"}, {"id": "r2", "text": "[html]g"}],
        },
        answer={"rule": "per_pair", "pairs": {"l1": "r1", "l2": "r2"}},
    )
    text, losses = written(question)
    assert text == "[plain]x{\n\t=[html]a -&gt; b &amp; c -> e -> f\n\t=d -> [html]g\n}\n\n"
    assert (losses, draft(text)) == ([], question)


def test_a_type_without_a_form_is_an_essay_for_others_and_whole_for_us() -> None:
    question = Draft(
        type="ordering",
        name="走访",
        body={"stem": "排序", "options": options("预约", "登门")},
        answer={"rule": "exact", "orders": [["o2", "o1"]]},
    )
    text, losses = written(question)
    assert text.endswith("\n::走访::[plain]排序\\nA. 预约\\nB. 登门{}\n\n")
    assert [(str(loss.where), str(loss.reason), loss.whole) for loss in losses] == [("走访", AS_ESSAY, False)]
    assert draft(text) == question


@pytest.mark.parametrize(
    ("key", "native"),
    [
        ({"accepted": ["a*b", "\\*"], "partial": [{"text": "%50%x", "share": "0.5"}], "case": True}, True),
        ({"accepted": ["x -> y"]}, False),
        ({"value": "12.50", "tolerance": 1}, True),
        ({"value": "1e40"}, False),
    ],
)
def test_one_blank(key: dict[str, Any], native: bool) -> None:
    question = Draft("fill_in", *blank("x", key))
    text, losses = written(question)
    assert draft(text) == question
    assert [str(loss.reason) for loss in losses] == ([] if native else [AS_ESSAY])


def test_pictures_are_a_loss() -> None:
    question = Draft(
        type="short_answer",
        body={"stem": "x", "media": [{"file": "a.png", "alt": "甲"}, {"file": "b.mp3", "alt": ""}]},
        answer={"rule": "rubric", "criteria": [{"id": "c1", "text": "y", "max": 1}]},
        files={"a.png": b"1", "b.mp3": b"2"},
    )
    text, (loss,) = written(question)
    assert draft(text) == replace(question, body={"stem": "x"}, files={})
    assert (str(loss.where), str(loss.reason)) == ("x", "Pictures and sounds are not kept: a.png, b.mp3.")


def test_extra_fields_and_odd_texts_come_back() -> None:
    question = Draft(
        type="true_false",
        name="// a",
        body={
            "stem": " 空格\t\x07\n\n行尾 ",
            "options": [{"id": "true", "text": "对"}, {"id": "false", "text": "错"}],
        },
        answer={"rule": "exact", "correct": "true", "explanation_cites_options": True},
        category=("top", "a\nb"),
        tags=("x]\\", "[y", "\n"),
        extra={"key": "q1", "minutes": 2, "leaves": ["a.b"]},
        points=Decimal("0.5"),
    )
    assert draft(written(question)[0]) == question


@pytest.mark.parametrize("facts", ["不是 JSON", "[]", '{"answer.correct": {"is": "false", "was": "0"}}'])
def test_a_comment_that_does_not_fit_is_passed_over_and_told(facts: str) -> None:
    found, warnings = warned(f"// qinglan: {facts}\nx{{T}}")
    assert found is not None
    assert (found.type, found.answer["correct"], warnings) == ("true_false", "true", [UNREAD])


def test_a_question_changed_in_moodle_keeps_what_the_comment_says_of_the_rest() -> None:
    question = Draft(
        type="single",
        body={"stem": "谁召集？", "options": options("甲", "乙")},
        answer={"rule": "exact", "correct": "o1"},
        difficulty=4,
        extra={"key": "q1"},
    )
    text = written(question)[0].replace("谁召集？", "由谁召集？")
    assert draft(text) == replace(question, body={**question.body, "stem": "由谁召集？"})


@given(drafts=st.lists(questions((*NATIVE, "fill_in", *ESSAYS)), max_size=3))
def test_every_type_comes_back_whole(drafts: list[Draft]) -> None:
    text, losses = written(*drafts)
    if drafts:
        found = read(text)
        assert [each.draft for each in found] == drafts
        assert [each.warnings for each in found] == [()] * len(drafts)
    assert {str(loss.reason) for loss in losses} <= {AS_ESSAY}


@given(draft=questions(NATIVE))
def test_moodles_own_types_are_told_without_the_comment_too(draft: Draft) -> None:
    text, losses = written(draft)
    bare = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("// qinglan:"))
    (found,) = read(bare)
    assert losses == []
    assert found.draft is not None
    assert (found.draft.type, found.draft.body["stem"]) == (draft.type, draft.body["stem"])
    assert found.draft.answer.get("correct") == draft.answer.get("correct")
    assert (found.draft.name, found.draft.explanation) == (draft.name, draft.explanation)
    if draft.type == "matching":
        assert spoken_pairs(found.draft) == spoken_pairs(draft)


def spoken_pairs(question: Draft) -> list[tuple[str, str]]:
    texts = {each["id"]: each["text"] for each in (*question.body["left"], *question.body["right"])}
    return [(texts[one], texts[other]) for one, other in question.answer["pairs"].items()]


def test_ids_of_any_name_are_numbered() -> None:
    question = Draft(
        type="single",
        body={"stem": "x", "options": [{"id": "yes", "text": "甲"}, {"id": "no", "text": "乙"}]},
        answer={"rule": "exact", "correct": "no"},
    )
    assert draft(written(question)[0]) == renumbered(question)


def test_moodle_moves_a_question_without_a_category_out_of_the_last_one() -> None:
    body = {"stem": "x", "options": options("甲", "乙")}
    key = {"rule": "exact", "correct": "o1"}
    text, _losses = written(Draft("single", body, key, category=("社区",)), Draft("single", body, key))
    noted = f'{{"category": {{"was": "{fingerprint(["未分类"])}"}}}}'
    assert f"$CATEGORY: 未分类\n\n// qinglan: {noted}\n" in text
    assert [found.draft and found.draft.category for found in read(text)] == [("社区",), ()]


def test_all_types_are_tried() -> None:
    assert {*NATIVE, *ESSAYS, "fill_in"} == set(IN_TEXT)


def test_a_criterion_of_half_points_is_carried() -> None:
    criteria = [{"id": "c1", "text": "说理", "max": Decimal("2.5")}]
    question = Draft("short_answer", {"stem": "x"}, {"rule": "rubric", "criteria": criteria})
    assert draft(written(question)[0]).answer["criteria"] == [{"id": "c1", "text": "说理", "max": "2.5"}]


def test_areas_of_a_picture_are_noted_and_the_picture_is_a_loss() -> None:
    image = {"file": "a.png", "alt": "楼道", "width": 200, "height": 100}
    spots = [{"id": f"s{n}", "shape": "circle", "coords": [50 * n, 50, 20]} for n in (1, 2)]
    question = Draft(
        type="hotspot",
        body={"stem": "指出隐患", "image": image, "spots": spots},
        answer={"rule": "per_spot", "correct": ["s2"]},
        files={"a.png": b"PNG"},
    )
    text, losses = written(question)
    assert draft(text) == replace(question, files={})
    assert [str(loss.reason) for loss in losses] == [AS_ESSAY, "Pictures and sounds are not kept: a.png."]


def test_what_is_raised_or_lowered_and_lines_of_code_stay_as_they_are() -> None:
    powers = one("[html]H<sub>2</sub>O {\\=10<sup>6</sup> ~106}".replace("\\=", "="))
    assert powers.draft is not None
    assert (powers.draft.body["stem"], powers.warnings) == ("H₂O", ())
    assert [each["text"] for each in powers.draft.body["options"]] == ["10⁶", "106"]
    code = one("[html]<pre>a()\nb()</pre>{}").draft
    assert code is not None
    assert code.body["stem"] == "a()\nb()"


def test_links_formulas_and_shares_that_miss_the_whole_are_told() -> None:
    link = one(
        '[html]<a href\\="http\\://a.cn/b.mp3">Hear</a> <math><mn>1</mn></math>{~%40%a ~%40%b ~%-50%c}'
    )
    assert list(map(str, link.warnings)) == [
        "The address of a link is not kept: http://a.cn/b.mp3",
        "A formula is kept as plain text only: look it over.",
        "Exactly the right choices earn full marks here, whatever the file adds up for them.",
    ]
