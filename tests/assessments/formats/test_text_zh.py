"""Papers as trainers type them: every way to number, to answer and to mark, what is told, there and back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.formats import Draft, FileRefused, Found, Loss
from assessments.formats.media import NOT_KEPT
from assessments.formats.text_zh import TextZh
from assessments.formats.usual import named
from assessments.items.problems import Message
from tests.assessments.formats.drafts import IN_TEXT, questions
from tests.assessments.formats.patience import soon

PAPER = TextZh()


def read(text: str) -> list[Found]:
    return list(PAPER.read(BytesIO(text.encode())))


def draft(text: str) -> Draft:
    """The only question of the text, which nothing had to be said about."""
    (one,) = read(text)
    assert (str(one.reason), one.warnings) == ("None", ())
    assert one.draft is not None
    return one.draft


def reason(text: str) -> str:
    (one,) = read(text)
    assert one.draft is None
    return str(one.reason)


def warnings(text: str) -> list[str]:
    return [str(warning) for one in read(text) for warning in one.warnings]


def written(*drafts: Draft) -> tuple[str, list[Loss]]:
    target = BytesIO()
    losses = PAPER.write(drafts, target)
    return target.getvalue().decode("utf-8-sig"), losses


def options(*texts: str) -> list[dict[str, str]]:
    return [{"id": f"o{place}", "text": text} for place, text in enumerate(texts, start=1)]


SINGLE = Draft(
    type="single",
    body={"stem": "社区居民委员会每届任期（　）年。", "options": options("三", "五")},
    answer={"rule": "exact", "correct": "o2"},
)


WHOLE = """社区工作者培训结业考试
姓名______ 得分____

一、单项选择题（每题2分，共4分）
1．社区居民委员会每届任期（  B  ）年。
A. 3    B. 5   C. 4	D. 6
2、根据第二十八条，加装电梯费用1.5万元以上的，由（　）决定。
A、业主大会
B、A类楼组
答案：A  解析：见《民法典》。 难度：中
知识点：加装电梯；议事
二、多选题
（每题2分。错选不得分，少选每个得1分）
1. 下列属于自治组织的有：
①甲
②乙
A.①  B.②  C.①②
【答案】AC【解析】略
三、判断题（对的打√，错的打×）
1. 居民会议由居委会召集。（√）
四、填空题（每空1分）
1. 居委会由____、______和委员组成。
答案：主任；副主任/副主任若干
五、简答题
1. 简述居委会的任务。（5分）
参考答案：
1. 宣传法律
2. 办理公共事务
2. 简述2023年的变化。
答案：略
评分要点：（1）要点一（2分）（2）要点二（3.5分）
六、上传题
1. 提交一份走访记录。（10分）
提交类型：文档；PDF
文件数上限：2
评分标准：（1）要素齐全（10分）
"""


def whole(place: int) -> Draft:
    """One question of the whole paper."""
    one = read(WHOLE)[place].draft
    assert one is not None
    return one


def test_a_whole_paper_is_read_section_by_section() -> None:
    found = read(WHOLE)
    lines = [5, 7, 14, 20, 22, 25, 29, 33]
    assert [str(one.where) for one in found] == [f"line {number}" for number in lines]
    assert [one.reason for one in found] == [None] * len(lines)
    assert [str(warning) for one in found for warning in one.warnings] == [
        "line 1 belongs to no question and was left out: 社区工作者培训结业考试",
        "line 2 belongs to no question and was left out: 姓名______ 得分____",
    ]


def test_single_choices_of_a_paper() -> None:
    assert whole(0) == replace(
        SINGLE,
        body={"stem": "社区居民委员会每届任期（　）年。", "options": options("3", "5", "4", "6")},
        points=Decimal(2),
    )
    assert whole(1) == Draft(
        type="single",
        body={
            "stem": "根据第二十八条，加装电梯费用1.5万元以上的，由（　）决定。",
            "options": options("业主大会", "A类楼组"),
        },
        answer={"rule": "exact", "correct": "o1"},
        explanation="见《民法典》。",
        tags=("加装电梯", "议事"),
        points=Decimal(2),
        difficulty=3,
    )


def test_a_multiple_choice_of_a_paper() -> None:
    assert whole(2) == Draft(
        type="multiple",
        body={"stem": "下列属于自治组织的有：\n①甲\n②乙", "options": options("①", "②", "①②")},
        answer={"rule": "social_worker_exam", "per_option": 1, "correct": ["o1", "o3"]},
        explanation="略",
        points=Decimal(2),
    )


def test_a_judgement_of_a_paper() -> None:
    assert whole(3) == Draft(
        type="true_false",
        body={
            "stem": "居民会议由居委会召集。（　）",
            "options": [{"id": "true", "text": "正确"}, {"id": "false", "text": "错误"}],
        },
        answer={"rule": "exact", "correct": "true"},
    )


def test_blanks_of_a_paper() -> None:
    assert whole(4) == Draft(
        type="fill_in",
        body={
            "stem": "居委会由____、______和委员组成。",
            "blanks": [{"id": "b1", "label": "（1）"}, {"id": "b2", "label": "（2）"}],
        },
        answer={
            "rule": "per_blank",
            "blanks": {"b1": {"accepted": ["主任"]}, "b2": {"accepted": ["副主任", "副主任若干"]}},
        },
        points=Decimal(2),
    )


def test_short_answers_of_a_paper() -> None:
    assert whole(5) == Draft(
        type="short_answer",
        body={"stem": "简述居委会的任务。"},
        answer={
            "rule": "rubric",
            "criteria": [{"id": "c1", "text": "按参考答案给分", "max": 5}],
            "sample": "1. 宣传法律\n2. 办理公共事务",
        },
        points=Decimal(5),
    )
    assert whole(6) == Draft(
        type="short_answer",
        body={"stem": "简述2023年的变化。"},
        answer={
            "rule": "rubric",
            "criteria": [
                {"id": "c1", "text": "要点一", "max": 2},
                {"id": "c2", "text": "要点二", "max": "3.5"},
            ],
            "sample": "略",
        },
    )


def test_a_file_to_hand_in_of_a_paper() -> None:
    assert whole(7) == Draft(
        type="file_upload",
        body={"stem": "提交一份走访记录。", "kinds": ["document", "pdf"], "most_files": 2},
        answer={"rule": "rubric", "criteria": [{"id": "c1", "text": "要素齐全", "max": 10}]},
        points=Decimal(10),
    )


def test_a_case_an_order_and_two_columns() -> None:
    case, order, pairs = (
        one.draft
        for one in read(
            """六、案例分析题
1. 某小区加装电梯，一楼反对。
问题：
（1）谁该出面？
（2）怎么办？
答案：居委会出面，先听后议。
评分标准：
（1）说出居委会（4分）
（2）说出议事程序（6分）
七、排序题
1. 排出议事的步骤
① 表决 ② 提案 ③ 公示
答案：②→①→③
八、连线题
1. 连线
① 居委会    A. 自治组织
② 街道办    B. 派出机关
答案：①-A；②-B
"""
        )
    )
    assert case == Draft(
        type="case_analysis",
        body={
            "stem": "某小区加装电梯，一楼反对。\n问题：\n（1）谁该出面？\n（2）怎么办？",
            "parts": [{"id": "p1", "label": "（1）"}, {"id": "p2", "label": "（2）"}],
        },
        answer={
            "rule": "rubric",
            "criteria": [
                {"id": "c1", "text": "说出居委会", "max": 4, "part": "p1"},
                {"id": "c2", "text": "说出议事程序", "max": 6, "part": "p2"},
            ],
            "sample": "居委会出面，先听后议。",
        },
    )
    assert order == Draft(
        type="ordering",
        body={"stem": "排出议事的步骤", "options": options("表决", "提案", "公示")},
        answer={"rule": "exact", "orders": [["o2", "o1", "o3"]]},
    )
    assert pairs == Draft(
        type="matching",
        body={
            "stem": "连线",
            "left": [{"id": "l1", "text": "居委会"}, {"id": "l2", "text": "街道办"}],
            "right": [{"id": "r1", "text": "自治组织"}, {"id": "r2", "text": "派出机关"}],
        },
        answer={"rule": "per_pair", "pairs": {"l1": "r1", "l2": "r2"}},
    )


@pytest.mark.parametrize("number", ["1.", "1、", "１．", "（1）", "(1)", "第1题", "1)", "第 1 题："])
@pytest.mark.parametrize(
    "choices",
    [
        "A. 三\nB. 五",
        "A、三 B、五",
        "A．三\tB．五",
        "(A)三\n(B)五",
        "Ａ．三　Ｂ．五",
        "①三\n②五",
        "a. 三\nb. 五",
        "A) 三\nB) 五",
    ],
)
def test_numbers_and_options_in_every_dress(number: str, choices: str) -> None:
    assert draft(f"{number} 任期？\n{choices}\n答案：B").body == {
        "stem": "任期？",
        "options": options("三", "五"),
    }


@pytest.mark.parametrize(
    "answer",
    [
        "答案：B",
        "【答案】Ｂ",
        "参考答案: b。",
        "正确答案是 B",
        "[答案] B",
        "答案：B. 五",
        "答案：五",
        "正确答案：选B",
    ],
)
def test_the_answer_in_every_dress(answer: str) -> None:
    assert draft(f"1. 任期？\nA. 三\nB. 五\n{answer}").answer == {"rule": "exact", "correct": "o2"}


@pytest.mark.parametrize("stem", ["任期（ B ）年。", "任期（B）年。", "任期(b)年。", "任期（　Ｂ　）年。"])
def test_the_answer_is_taken_out_of_the_brackets(stem: str) -> None:
    one = draft(f"1. {stem}\nA. 三\nB. 五")
    assert (one.body["stem"], one.answer["correct"]) == ("任期（　）年。", "o2")


def test_an_answer_given_twice_is_taken_out_of_the_brackets_but_other_letters_stay() -> None:
    assert draft("1. 任期（ B ）年。\nA. 三\nB. 五\n答案：B").body["stem"] == "任期（　）年。"
    assert draft("1. 维生素（B）指什么\nA. 三\nB. 五\n答案：B").body["stem"] == "维生素（B）指什么"


@pytest.mark.parametrize("said", ["√", "对", "正确", "T", "true", "（√）", "✓"])
@pytest.mark.parametrize(
    "form",
    ["三、判断题\n1. 甲\n答案：{}", "1. 甲\n答案：{}", "三、判断题\n1. 甲\nA. 错误\nB. 正确\n答案：{}"],
)
def test_a_true_statement(said: str, form: str) -> None:
    one = draft(form.format(said))
    assert (one.type, one.answer["correct"]) == ("true_false", "true")


@pytest.mark.parametrize(
    "text", ["三、判断题\n1. 甲（ × ）", "1. 甲。×", "1. 甲\nA. 对\nB. 错\n答案：B", "判断题\n1. 甲\n答案：B"]
)
def test_a_false_statement(text: str) -> None:
    one = draft(text)
    assert (one.type, one.answer["correct"]) == ("true_false", "false")


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("1. 甲\nA. 一\nB. 二\n答案：A", "single"),
        ("1. 甲\nA. 一\nB. 二\n答案：AB", "multiple"),
        ("1. 甲\nA. x\nB. y\n答案：B", "single"),
        ("1. 甲\n答案：×", "true_false"),
        ("1. 甲____乙\n答案：丙", "fill_in"),
        ("1. 甲\n答案：丙", "short_answer"),
        ("1.【多选题】甲\nA. 一\nB. 二\n答案：A", "multiple"),
        ("1. 甲\nA. 一\nB. 二\n答案：A\n题型：多选题", "multiple"),
        ("一、选择题\n1. 甲\nA. 一\nB. 二\n答案：AB", "multiple"),
    ],
)
def test_the_type_is_told_or_inferred(text: str, type: str) -> None:
    assert draft(text).type == type


@pytest.mark.parametrize(
    ("key", "answers"),
    [
        ("参考答案\n一、1.B 2.C\n二、1.AB", ["o2", "o3", ["o1", "o2"]]),
        ("答案：\n一、单选题\n1-2 BC\n二、多选题\n1. AB", ["o2", "o3", ["o1", "o2"]]),
        ("参考答案\n1. B　2. C\n1. A、B", ["o2", "o3", ["o1", "o2"]]),
        ("【参考答案】\n1-2：B，C\n1：AB", ["o2", "o3", ["o1", "o2"]]),
        ("答案及解析\n多选题\n1. AB\n解析：因为\n单选题\n2. C\n1. B", ["o2", "o3", ["o1", "o2"]]),
    ],
)
def test_the_key_at_the_end(key: str, answers: list[Any]) -> None:
    paper = (
        "一、单选题\n1. 甲\nA. 一 B. 二 C. 三\n2. 乙\nA. 一 B. 二 C. 三\n二、多选题\n1. 丙\nA. 一 B. 二\n\n"
    )
    found = [one.draft for one in read(paper + key)]
    assert [one and one.answer["correct"] for one in found] == answers


def test_a_key_with_running_numbers_long_answers_and_one_that_fits_nothing() -> None:
    paper = "一、判断题\n1. 甲\n2. 乙\n二、填空题\n3. 任期____年，共____人。\n三、简答题\n4. 一\n5. 二\n参考答案\n"
    found = read(f"{paper}1-2 √×\n3. 五；七\n4. 要点：\n（1）甲\n（2）乙\n5. 丙\n解析：因为\n9. 没有")
    answers = [one.draft.answer for one in found if one.draft]
    assert [each.get("correct") for each in answers[:2]] == ["true", "false"]
    assert answers[2]["blanks"] == {"b1": {"accepted": ["五"]}, "b2": {"accepted": ["七"]}}
    assert [each["sample"] for each in answers[3:]] == ["要点：\n（1）甲\n（2）乙", "丙"]
    assert found[4].draft is not None
    assert found[4].draft.explanation == "因为"
    assert [str(each) for one in found for each in one.warnings] == [
        "line 17 belongs to no question and was left out: 9. 没有"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "1.5万元以上的",
        "2023年5月1日起",
        "2023.5.1起施行",
        "A类楼组",
        "第二十八条规定",
        "（一）宣传法律",
        "3、4、5月",
        "（2）第二点",
    ],
)
def test_what_only_looks_like_structure_stays_in_the_stem(line: str) -> None:
    assert draft(f"1. 甲\n{line}\nA. 一\nB. 二\n答案：A").body["stem"] == f"甲\n{line}"


def test_a_stem_that_begins_with_a_year() -> None:
    assert draft("1.2021年起施行的是\nA. 一\nB. 二\n答案：A").body["stem"] == "2021年起施行的是"


def test_options_that_follow_the_stem_on_its_line() -> None:
    one = draft("1. 任期（ ）年 A. 三 B. 五\n答案：A")
    assert one.body == {"stem": "任期（ ）年", "options": options("三", "五")}


def test_labelled_facts_of_every_name() -> None:
    one = draft(
        "1. 甲（2.5分）\nA. 一\nB. 二\n答案：A\n【解析】因为\n第二段\n难度：★★\n考点：一、二\n出处：《民法典》"
    )
    assert (one.points, one.difficulty, one.tags) == (Decimal("2.5"), 2, ("一", "二"))
    assert (one.explanation, one.extra) == ("因为\n第二段", {"source": "《民法典》"})


@pytest.mark.parametrize(
    ("head", "rule"),
    [
        ("二、多选题", {"rule": "all_or_nothing"}),
        ("二、多选题（少选、多选、错选均不得分）", {"rule": "all_or_nothing"}),
        ("二、多选题（错选，本题不得分；少选，所选的每个选项得0.5分）", {"rule": "social_worker_exam"}),
        ("二、多选题（少选得分）", {"rule": "social_worker_exam"}),
        ("二、多选题（漏选每个得0.25分）", {"rule": "social_worker_exam", "per_option": "0.25"}),
    ],
)
def test_the_rule_a_head_states(head: str, rule: dict[str, Any]) -> None:
    assert draft(f"{head}\n1. 甲\nA. 一\nB. 二\n答案：AB").answer == {"correct": ["o1", "o2"], **rule}


def test_a_rule_in_a_line_goes_before_the_head() -> None:
    one = draft("二、多选题（少选得分）\n1. 甲\nA. 一\nB. 二\n答案：AB\n计分：全部选对才得分")
    assert one.answer["rule"] == "all_or_nothing"


@pytest.mark.parametrize(
    ("stem", "answer", "accepted"),
    [
        ("____和____", "甲；乙或丙", [["甲"], ["乙", "丙"]]),
        ("（　　）和＿＿", "甲  乙", [["甲"], ["乙"]]),
        ("____和____", "（1）甲（2）乙/丙", [["甲"], ["乙", "丙"]]),
        ("____和____", "甲、乙", [["甲"], ["乙"]]),
        ("____以上同意", "2/3", [["2/3"]]),
    ],
)
def test_what_goes_into_gaps(stem: str, answer: str, accepted: list[list[str]]) -> None:
    one = draft(f"四、填空题\n1. {stem}\n答案：{answer}")
    assert [key["accepted"] for key in one.answer["blanks"].values()] == accepted


def test_a_text_with_gaps() -> None:
    one = draft("完形填空题\n1. 阅读下文。\n居委会由__1__召集，任期____年。\n答案：主任；五")
    assert one.body == {
        "stem": "阅读下文。",
        "text": "居委会由[[g1]]召集，任期[[g2]]年。",
        "gaps": [{"id": "g1"}, {"id": "g2"}],
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1. 甲\nA. 一\nB. 二", "no answer is given"),
        ("1. 甲", "no answer is given"),
        ("判断题\n1. 甲", "no answer is given"),
        ("填空题\n1. 甲__", "no answer is given"),
        ("连线题\n1. 甲\n①a A.b\n②c B.d", "no answer is given"),
        ("排序题\n1. 甲\n①a ②b", "no answer is given"),
        ("1. 甲\nA. 一\nB. 二\n答案：D", "The answer names D, which is not among the options."),
        ("1. 甲\nA. 一\nA. 二\n答案：A", "The label A is used twice."),
        ("1. 甲\nA. 一\nB. 二\n答案：略", "The answer “略” is not understood."),
        ("1. 甲\nA. 一\nB. 二\n答案：A\n答案：B", "Two different answers are given."),
        (
            "一、单选题\n1. 甲\nA. 一\nB. 二\n答案：AB",
            "A single choice has one answer, and several are given.",
        ),
        ("填空题\n1. 甲__乙__\n答案：丙", "There are 2 gaps and 1 answers."),
        ("判断题\n1. 甲\nA. 一\nB. 二\nC. 三\n答案：A", "A true/false question has two options."),
        ("判断题\n1. 甲\n答案：也许", "The answer “也许” is not understood."),
        ("排序题\n1. 甲\n①a ②b\n答案：①①", "The order does not name every step once."),
        ("排序题\n1. 甲\n①a ②b\n答案：先a", "The answer “先a” is not understood."),
        (
            "连线题\n1. 甲\n答案：①-A",
            "The two lists to match are not found: ① … on the left, A. … on the right.",
        ),
        (
            "连线题\n1. 甲\n①a A.b\n②c B.d\n答案：①-A；②-C",
            "The answer names C, which is not among the options.",
        ),
        ("填空题\n1. 甲\n空格：一\n空格数值：许多", "“许多” is not a number."),
        (
            "1. \nA. 一\nB. 二\n答案：A",
            "There is no text here that can be read; perhaps it is a picture or a formula.",
        ),
        ("一、单选题\n1. 甲\nA. 一\n答案：A", "There are fewer than 2."),
    ],
)
def test_why_a_question_is_skipped(text: str, why: str) -> None:
    assert reason(text) == why


def test_one_bad_question_never_loses_the_rest() -> None:
    found = read("1. 甲\nA. 一\nB. 二\n3. 乙\nA. 一\nB. 二\n答案：B\n2. 丙\nA. 一\nB. 二\n答案：A")
    assert [(str(one.where), one.draft is None) for one in found] == [
        ("line 1", True),
        ("line 4", False),
        ("line 8", False),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("难度：爱", "line 5: “难度：爱” is not understood and was left out."),
        ("难度：0.7", "line 5: “难度：0.7” is not understood and was left out."),
        ("分值：许多", "line 5: “分值：许多” is not understood and was left out."),
        ("附加信息：[", "line 5: “附加信息：[” is not understood and was left out."),
        ("题型：新题", "line 5: “题型：新题” is not understood and was left out."),
        ("第3页 共10页", "line 5 belongs to no question and was left out: 第3页 共10页"),
        ("难度：3\n多余", "line 6 belongs to no question and was left out: 多余"),
        ("解析：因为\n\n第二部分 法律", "line 7 belongs to no question and was left out: 第二部分 法律"),
        ("解析：因为\n\n第二段", ""),
    ],
)
def test_what_is_told_of_a_question_that_is_taken(text: str, told: str) -> None:
    assert warnings(f"1. 甲\nA. 一\nB. 二\n答案：A\n{text}") == ([told] if told else [])


def test_a_fact_that_has_no_place_in_the_type_is_told() -> None:
    assert warnings("1. 甲\nA. 一\nB. 二\n答案：A\n评分标准：酌情给分") == [
        "line 5: “酌情给分” has no place in a question of this type and was left out."
    ]


def test_lists_in_a_question_to_be_written_stay_where_they_are() -> None:
    one = draft("简答题\n1. 比较\n① 甲\n② 乙\n- 丙\n答案：\n① 一\nA. 二\n> 三")
    assert (one.body["stem"], one.answer["sample"]) == ("比较\n① 甲\n② 乙\n- 丙", "① 一\nA. 二\n> 三")


def test_markdown_marks_before_labels_are_passed_over() -> None:
    text = "# 一、单选题\n## 1. 社区居民委员会每届任期（　）年。\n- A. 三\n- B. 五\n> 答案：B"
    assert draft(text) == SINGLE


def test_an_answer_under_its_own_title_and_a_line_to_write_on() -> None:
    one, two = read("简答题\n1. 甲\n参考答案\n一些话\n2. 乙\n答：______\n答：第一\n第二")
    assert [each.draft and each.draft.answer["sample"] for each in (one, two)] == ["一些话", "第一\n第二"]


def test_a_key_of_long_answers_at_the_end() -> None:
    one, two = read("简答题\n1. 甲\n2. 乙\n参考答案：\n1. 一\n又一\n2. 二")
    assert [each.draft and each.draft.answer["sample"] for each in (one, two)] == ["一\n又一", "二"]


def test_a_rubric_for_a_case_that_names_no_part_is_told() -> None:
    text = "案例分析题\n1. 甲\n（1）一\n（2）二\n评分标准：\n（1）好（3分）"
    assert warnings(text) == [
        "line 5: the rubric does not say which part each point belongs to; part 1 has them."
    ]


def test_files_saved_in_other_encodings_and_with_windows_lines() -> None:
    text = "1、甲\r\nA、一\r\nB、二\r\n答案：B\r\n"
    for encoding in ("gb18030", "utf-8-sig", "utf-16"):
        (one,) = PAPER.read(BytesIO(text.encode(encoding)))
        assert one.draft == replace(SINGLE, body={"stem": "甲", "options": options("一", "二")})


@pytest.mark.parametrize(
    "content", [b"", "只有一句话。".encode(), b"\x00\x01\x02", b"%PDF-1.7\n\x81\xff", b"PK\x03\x04"]
)
def test_a_file_without_questions_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        PAPER.read(BytesIO(content))


@pytest.mark.parametrize(
    "line", ["甲", " ", "(", " A.", "1.", "_ ", "(A)", "1-5 ", "①", "（1）", "[[g1]]", "或", "(2分)", "1.B "]
)
@pytest.mark.parametrize(
    "head", ["1. ", "填空题\n1. __\n答案：", "简答题\n1. 甲\n评分标准：", "1. 甲\nA. 一\nB. 二\n答案\n"]
)
def test_a_long_line_takes_no_longer_than_it_should(line: str, head: str) -> None:
    with soon():
        found = read(head + line * (300_000 // len(line)))
        assert len(found) == 1


@given(text=st.text("一二三、.．123（）()ABab①②答案解析：:【】题单选填空____√×\n \t\u2060分"))
@settings(suppress_health_check=list(HealthCheck), deadline=None)
def test_nothing_that_can_be_typed_is_a_crash(text: str) -> None:
    try:
        found = read(text)
    except FileRefused:
        return
    assert all((one.draft is None) != (one.reason is None) for one in found)


def test_a_paper_is_written_as_people_type_it() -> None:
    one = replace(
        SINGLE,
        explanation="见《城市居民委员会组织法》。",
        points=Decimal("1.50"),
        difficulty=2,
        tags=("法律", "居委会"),
        category=("社区", "组织"),
        name="任期",
        extra={"source": "第八条", "minutes": 2},
    )
    many = Draft(
        type="multiple",
        body={"stem": "哪些对", "options": options("甲", "乙", "丙")},
        answer={"rule": "social_worker_exam", "correct": ["o1", "o3"]},
    )
    text, losses = written(many, one, many)
    assert losses == []
    assert text == (
        "一、单项选择题\n\n1. 社区居民委员会每届任期（　）年。\nA. 三\nB. 五\n答案：B\n"
        "解析：见《城市居民委员会组织法》。\n"
        "难度：2\n分值：1.5\n知识点：法律；居委会\n分类：社区/组织\n"
        '题名：任期\n出处：第八条\n附加信息：{"minutes": 2}\n\n'
        "二、多项选择题\n\n1. 哪些对\nA. 甲\nB. 乙\nC. 丙\n答案：AC\n计分：少选时，每选对一项得0.5分\n\n"
        "2. 哪些对\nA. 甲\nB. 乙\nC. 丙\n答案：AC\n计分：少选时，每选对一项得0.5分\n\n"
    )
    assert [found.draft for found in read(text)] == [one, many, many]


def test_text_that_would_be_taken_for_structure_is_marked() -> None:
    one = replace(
        SINGLE, body={"stem": "二、多选题\n\n2. 乙（5分）\n答案：A", "options": options("甲 B. 乙", " 丙")}
    )
    text, losses = written(one)
    assert losses == []
    assert text.split("\n")[2:8] == [
        "1. \u2060二、多选题",
        "\u2060",
        "\u20602. 乙（5分）",
        "\u2060答案：A",
        "A. \u2060甲 B. 乙",
        "B. \u2060 丙",
    ]
    assert [found.draft for found in read(text)] == [one]


RICH = [
    Draft(
        type="multiple",
        body={"stem": "权重", "options": options("甲", "乙"), "shuffle": False},
        answer={
            "rule": "weighted",
            "correct": ["o1"],
            "weights": {"o1": 1, "o2": "-0.5"},
            "explanation_cites_options": True,
        },
    ),
    Draft(
        type="multiple",
        body={"stem": "每项", "options": options("甲", "乙")},
        answer={"rule": "social_worker_exam", "per_option": "0.25", "correct": ["o1", "o2"]},
    ),
    Draft(
        type="true_false",
        body={"stem": "甲", "options": [{"id": "true", "text": "对"}, {"id": "false", "text": "错"}]},
        answer={"rule": "exact", "correct": "false", "explanation_cites_options": True},
    ),
    Draft(
        type="fill_in",
        body={
            "stem": "甲",
            "blanks": [{"id": "b1", "label": "户数", "unit": "户"}, {"id": "b2", "label": "名"}],
        },
        answer={
            "rule": "all_blanks",
            "blanks": {
                "b1": {"value": "12.5", "tolerance": 1},
                "b2": {"accepted": ["A/B"], "partial": [{"text": "b 或 c", "share": "0.5"}], "case": True},
            },
        },
    ),
    Draft(
        type="ordering",
        body={"stem": "甲", "options": options(*(f"第{place}步" for place in range(1, 24)))},
        answer={
            "rule": "longest_run",
            "orders": [[f"o{n}" for n in range(1, 24)], [f"o{n}" for n in range(23, 0, -1)]],
        },
    ),
    Draft(
        type="case_analysis",
        body={
            "stem": "甲",
            "parts": [{"id": "p1", "label": "问一", "max_chars": 200}, {"id": "p2", "label": "问二"}],
        },
        answer={
            "rule": "rubric",
            "criteria": [
                {"id": "c1", "text": "好（1分）", "max": "2.5", "part": "p2"},
                {"id": "c2", "text": "（2）好", "max": 2, "part": "p1"},
            ],
            "penalty": "错字扣分",
        },
    ),
]


@pytest.mark.parametrize("one", RICH, ids=lambda one: str(one.body["stem"]))
def test_every_field_of_a_type_is_carried(one: Draft) -> None:
    text, losses = written(one)
    assert losses == []
    assert [found.draft for found in read(text)] == [one]


def test_a_number_keeps_its_worth_if_not_its_notation() -> None:
    one = Draft(
        type="fill_in",
        body={"stem": "甲", "blanks": [{"id": "b1", "label": "（1）"}]},
        answer={"rule": "per_blank", "blanks": {"b1": {"value": 0.5}}},
    )
    text, losses = written(one)
    (found,) = read(text)
    assert losses == []
    assert found.draft is not None
    assert found.draft.answer["blanks"] == {"b1": {"value": "0.5"}}


def test_what_a_paper_does_not_carry_is_told() -> None:
    media = [{"file": "a.png", "alt": "楼道"}]
    pictured = replace(SINGLE, name="图", body={**SINGLE.body, "media": media}, files={"a.png": b"x"})
    return_ = replace(SINGLE, name="回车", body={**SINGLE.body, "stem": "甲\r乙"})
    unknown = replace(SINGLE, name="新", type="hotspot")
    finely = replace(SINGLE, name="细", points=Decimal("0.001"))
    text, losses = written(pictured, return_, unknown, finely)
    assert losses == [
        Loss(named("图"), Message(NOT_KEPT, {"names": "a.png"})),
        Loss(
            named("回车"),
            Message("The question cannot be told apart from the form of a text paper."),
            whole=True,
        ),
        Loss(
            named("新"),
            Message("A text paper has no questions of the type %(type)s.", {"type": "hotspot"}),
            whole=True,
        ),
        Loss(
            named("细"),
            Message(
                "Its name, category, tags, points, difficulty or origin cannot be written in a text paper."
            ),
        ),
    ]
    assert [found.draft for found in read(text)] == [replace(SINGLE, name="图"), SINGLE]


@given(drafts=st.lists(questions(IN_TEXT), min_size=1, max_size=4))
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=60)
def test_a_round_trip(drafts: list[Draft]) -> None:
    text, losses = written(*drafts)
    assert losses == []
    kinds = [one.draft.type for one in read(text) if one.draft]
    assert [one.draft for one in read(text)] == sorted(drafts, key=lambda each: kinds.index(each.type))
    assert all(one.warnings == () for one in read(text))
