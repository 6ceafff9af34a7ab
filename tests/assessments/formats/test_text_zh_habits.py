"""Papers as the web, Markdown and other programs write them: what stands around a label decides nothing."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.formats import Draft, FileRefused, Found
from assessments.formats.text_zh import TextZh
from tests.assessments.formats.patience import soon

PAPER = TextZh()


def read(text: str) -> list[Found]:
    return list(PAPER.read(BytesIO(text.encode())))


def drafts(text: str) -> list[Draft]:
    """The questions of the text, which nothing had to be said about."""
    found = read(text)
    assert [(str(one.reason), [str(each) for each in one.warnings]) for one in found] == [("None", [])] * len(
        found
    )
    return [one.draft for one in found if one.draft]


def draft(text: str) -> Draft:
    (one,) = drafts(text)
    return one


def warnings(text: str) -> list[str]:
    return [str(warning) for one in read(text) for warning in one.warnings]


def texts(one: Draft) -> list[str]:
    return [option["text"] for option in one.body["options"]]


def key(one: Draft) -> Any:
    return one.answer["correct"]


CHOICE = "{}\nA. 一\nB. 二\n{}"


@pytest.mark.parametrize(
    "head",
    [
        "**1. 甲（ ）**",
        "**1.** 甲（ ）",
        "### 1. 甲（ ）",
        "> 1. 甲（ ）",
        "📋 1. 甲（ ）",
        "### 题目 5\n甲（ ）",
        "### 第 5 题\n\n甲（ ）",
        "问题1：甲（ ）",
        "**问题 1：甲（ ）**",
        "**题1：** 甲（ ）",
        "Q1. 甲（ ）",
        "母题1 甲（ ）",
        "【例题1】甲（ ）",
        "【题目】甲（ ）",
        "1,甲（ ）",
        "01甲（ ）",
        "（ ）1. 甲（ ）",
    ],
)
def test_the_head_of_a_question_in_every_dress(head: str) -> None:
    one = draft(CHOICE.format(head, "答案：B"))
    assert (one.type, one.body["stem"], texts(one), key(one)) == ("single", "甲（ ）", ["一", "二"], "o2")


@pytest.mark.parametrize(
    "head",
    [
        "【多选题】1. 甲",
        "多选题1：甲",
        "【1·多选题】甲",
        "【例题1·多选题】甲",
        "1【多选题】甲",
        "1. 多选题：甲",
        "1.（多选）甲",
        "1. 甲 [多选题] *",
    ],
)
def test_the_head_that_names_the_type(head: str) -> None:
    one = draft(CHOICE.format(head, "答案：A"))
    assert (one.type, one.body["stem"], key(one)) == ("multiple", "甲", ["o1"])


@pytest.mark.parametrize(
    "head", ["1.（单选题, 2.5分）甲", "1. 甲 [单选题, 2.5分]", "1. 甲（分值：2.5分）[单选题] *"]
)
def test_the_head_that_says_the_marks(head: str) -> None:
    one = draft(CHOICE.format(head, "答案：A"))
    assert (one.type, one.body["stem"], one.points) == ("single", "甲", Decimal("2.5"))


@pytest.mark.parametrize(
    ("answer", "explanation"),
    [
        ("**答案：B**", ""),
        ("**答案**：B", ""),
        ("答案：**B**", ""),
        ("**【答案】B**", ""),
        ("答案B", ""),
        ("答案:B。解析:因为", "因为"),
        ("答案:B解析:因为", "因为"),
        ("答案：B。因为", "因为"),
        ("答案：B（因为）", "（因为）"),
        ("答案：**B**。因为", "因为"),
        ("【答案及解析】B 因为", "因为"),
        ("**【答案】B**\n**【讲解】** 因为", "因为"),
        ("> 答案：B\n> 解析：因为", "因为"),
        ("我的答案：A 标准答案:B", ""),
        ("我的答案: A:一;正确答案: B:二;", ""),
        ("答案：B\n---", ""),
        ("答案：B\n```", ""),
        ("<details>\n<summary>答案与解析</summary>\n\n**答案：B**\n\n**解析：** 因为\n</details>", "因为"),
        ("::: details 查看\n答案：B\n:::", ""),
    ],
)
def test_the_answer_in_every_dress(answer: str, explanation: str) -> None:
    one = draft(CHOICE.format("1. 甲", answer))
    assert (texts(one), key(one), one.explanation) == (["一", "二"], "o2", explanation)


@pytest.mark.parametrize("answer", ["A或B", "A 或 B", "A，或者B", "B. 一", "A到B"])
def test_an_answer_that_says_more_than_one_thing_is_not_guessed(answer: str) -> None:
    (one,) = read(CHOICE.format("一、单选题\n1. 甲", f"答案：{answer}"))
    assert one.draft is None


@pytest.mark.parametrize(
    "choices",
    [
        "A.一B.二C.三",
        "(A)一(B)二(C)三",
        "A一 B.二 C.三",
        "A 一\nB 二\nC 三",
        "A 一 B 二 C 三",
        "**A.** 一\n**B.** 二\n**C.** 三",
        "- **A.** 一\n- **B.** 二\n- **C.** 三",
        "- A. 一\n- B. 二\n- C. 三",
        "```\nA. 一\nB. 二\nC. 三\n```",
        "A.一\nB.二C.三",
    ],
)
def test_options_in_every_dress(choices: str) -> None:
    one = draft(f"一、单选题\n1. 甲（ ）\n{choices}\n答案：B")
    assert (one.body["stem"], texts(one), key(one)) == ("甲（ ）", ["一", "二", "三"], "o2")


@pytest.mark.parametrize("stem", ["1. 甲？A. 一B. 二", "1. 甲。A.一 B.二", "1. 甲__。A.一\nB.二"])
def test_options_behind_the_stem(stem: str) -> None:
    assert texts(draft(f"{stem}\n答案：A")) == ["一", "二"]


def test_an_option_that_lost_its_dot_between_two_others() -> None:
    assert texts(draft("1. 甲\nA.中共一大\nB.中共二大C中共三大 D.中共四大\n答案：B")) == [
        "中共一大",
        "中共二大",
        "中共三大",
        "中共四大",
    ]


def test_letters_in_the_text_of_an_option_begin_none() -> None:
    assert texts(draft("1. 甲\nA. 见附录B.1 B. 维生素C。 C. 400V\n答案：B")) == [
        "见附录B.1",
        "维生素C。",
        "400V",
    ]


@pytest.mark.parametrize(
    ("paper", "type", "right"),
    [
        ("1. 甲\nA. 一\nB. 二（正确答案）", "single", "o2"),
        ("1. 甲\nA、一(正确答案)\nB、二(正确答案)", "multiple", ["o1", "o2"]),
        ("1. 甲\n一\n二(正确答案)\n三", "single", "o2"),
        ("1. 甲\n- [ ] A. 一\n- [x] B. 二", "single", "o2"),
        ("1. 甲。B\nA. 一\nB. 二", "single", "o2"),
        ("1. 甲____B___乙\nA. 一\nB. 二", "single", "o2"),
        ("（ B ）1. 甲\nA. 一\nB. 二", "single", "o2"),
        ("1.（B）是甲\nA. 一\nB. 二", "single", "o2"),
        ("1. 甲\nA. 一\nB. 二\n答案：\nA. 一\nB. 二", "multiple", ["o1", "o2"]),
        ("1. 甲\nA. 一\nB. 二\n答案：AB\n\n---\n", "multiple", ["o1", "o2"]),
    ],
)
def test_where_the_right_option_is_told(paper: str, type: str, right: Any) -> None:
    one = draft(paper)
    assert (one.type, key(one)) == (type, right)
    assert "正确" not in str(one.body)
    assert "B" not in one.body["stem"]


@pytest.mark.parametrize("said", ["对的", "√", "√。", "T", "正确"])
def test_a_statement_and_its_answer_on_one_line(said: str) -> None:
    one = draft(f"1. 甲是乙。答案：{said}")
    assert (one.type, one.body["stem"], key(one)) == ("true_false", "甲是乙。", "true")


@pytest.mark.parametrize("stem", ["甲（√）", "甲　√　（判断对错）", "甲 √"])
def test_a_tick_given_twice_does_not_stay_in_the_stem(stem: str) -> None:
    assert "√" not in draft(f"判断题\n1. {stem}\n答案：√").body["stem"]


@pytest.mark.parametrize(
    ("said", "right"), [("错的，支持的", "false"), ("×（应为乙）", "false"), ("对。因为", "true")]
)
def test_a_judgement_with_its_reason(said: str, right: str) -> None:
    one = draft(f"1. 甲（）\n答案：{said}")
    assert (one.type, key(one), bool(one.explanation)) == ("true_false", right, True)


def test_a_rule_across_the_page_is_nothing() -> None:
    one, two = drafts("1. 甲是____的。\n答案：红\n\n---\n\n2. 乙\n答案：×\n\n***\n")
    assert (one.type, one.answer["blanks"]["b1"]["accepted"]) == ("fill_in", ["红"])
    assert (two.type, key(two)) == ("true_false", "false")


def test_code_keeps_its_indent_and_no_label_in_it_counts() -> None:
    code = "```python\n1. for i in range(3):\n    if i:\n        print(i)\n\nx\n```"
    one = draft(f"1. 输出几行（ ）\n{code}\n- A. 1\n- B. 2\n答案：B")
    assert one.body["stem"] == f"输出几行（ ）\n{code}"
    indented = "\n".join(f"    {line}" if line else line for line in code.split("\n"))
    assert draft(f"1. 输出几行（ ）\n{indented}\n- A. 1\n- B. 2\n答案：B") == one


def test_a_fence_left_open_takes_nothing_with_it() -> None:
    one, two = drafts("1. 甲\nA. 一\nB. 二\n答案：AB\n```\n\n2. 乙\nA. 一\nB. 二\n答案：A\n")
    assert (key(one), key(two)) == (["o1", "o2"], "o1")


@pytest.mark.parametrize(
    "title",
    [
        "## 参考答案\n\n### 一、选择题\n1. B",
        "本次试卷答案如下：\n一、选择题\n1. B",
        "附：参考答案\n1. B",
        "# 答案与解析\n**1. 答案：B**",
        "参考答案（教师用）\n一、1.B",
    ],
)
def test_the_key_under_any_title(title: str) -> None:
    paper = f"一、选择题\n1. 甲\nA. 一\nB. 二\n二、判断题\n1. 乙\n答案：√\n\n{title}"
    assert [key(one) for one in drafts(paper)] == ["o2", "true"]


def test_a_key_on_one_line() -> None:
    choices = "\nA. 一\nB. 二\n"
    paper = f"1. 甲{choices}2. 乙{choices}4. 丙{choices}参考答案:1.A 2.B 4.A"
    assert [key(one) for one in drafts(paper)] == ["o1", "o2", "o1"]


def test_a_key_on_one_line_with_numbers_for_answers() -> None:
    one, two, three = drafts(
        "一、选择题\n1. 甲\nA. 一\nB. 二\n二、填空题\n2. 乙____\n3. 丙____\n💡 答案提示：1.A  2.3  3.4个"
    )
    assert key(one) == "o1"
    assert [each.answer["blanks"]["b1"]["accepted"] for each in (two, three)] == [["3"], ["4个"]]


def test_numbered_points_of_one_answer_are_no_key() -> None:
    paper = "简答题\n1. 甲\n答案：略\n2. 乙\n答案：1. 宣传 2. 办理"
    assert drafts(paper)[1].answer["sample"] == "1. 宣传 2. 办理"


def test_code_in_a_key_goes_on_with_the_answer_before() -> None:
    paper = "一、判断题\n1. 甲\n二、编程题\n1. 乙\n\n## 参考答案\n### 一、判断题\n1. √\n### 二、编程题\n1. 代码：\n"
    one, two = drafts(f"{paper}```python\nif x:\n    y = 1\n```")
    assert (key(one), two.answer["sample"]) == ("true", "代码：\n```python\nif x:\n    y = 1\n```")


def test_a_line_of_a_key_without_a_title_is_no_question() -> None:
    one, two = read("1. 甲\nA. 一\nB. 二\n答案：A\n3. √ 4. × 5. √")
    assert one.draft is not None
    assert str(two.reason) == "This looks like a line of an answer key, and no question was found for it."


CASE = "一、案例分析题（每题20分）\n案例一：李阿姨独居。\n问题：\n1.为什么？（8分）\n2.怎么办？（12分）\n"


def test_a_case_and_its_numbered_questions_are_one() -> None:
    one = draft(f"{CASE}答案：\n1.因为\n\n2.这样办\n")
    assert (one.type, one.points) == ("case_analysis", Decimal(20))
    assert one.body == {
        "stem": "案例一：李阿姨独居。\n问题：\n1.为什么？（8分）\n2.怎么办？（12分）",
        "parts": [{"id": "p1", "label": "1."}, {"id": "p2", "label": "2."}],
    }
    assert [(each["part"], each["max"]) for each in one.answer["criteria"]] == [("p1", 8), ("p2", 12)]
    assert one.answer["sample"] == "1.因为\n2.这样办"


def test_each_question_of_a_case_that_has_its_own_answer_shows_the_case() -> None:
    one, two, three = drafts(
        "案例分析题\n第一题\n李某失业。\n1、为什么？\n答：因为\n2、怎么办？\n答：这样\n第二题\n王某。\n1、谁？\n答：他"
    )
    assert [each.body["stem"] for each in (one, two, three)] == [
        "第一题\n李某失业。\n1、为什么？",
        "第一题\n李某失业。\n怎么办？",
        "第二题\n王某。\n1、谁？",
    ]


@pytest.mark.parametrize(
    ("stem", "answer", "accepted"),
    [
        ("甲____和____", "红 / 绿", [["红"], ["绿"]]),
        ("甲____和____", "红|绿", [["红"], ["绿"]]),
        ("甲____", "`set`（或 `put`）", [["set", "put"]]),
        ("甲____", "**红**。因为乙，所以丙", [["红"]]),
        ("甲____", "红。", [["红"]]),
        ("甲____以上", "2/3", [["2/3"]]),
    ],
)
def test_what_goes_into_gaps(stem: str, answer: str, accepted: list[list[str]]) -> None:
    (found,) = read(f"填空题\n1. {stem}\n答案：{answer}")
    assert found.draft is not None
    assert [each["accepted"] for each in found.draft.answer["blanks"].values()] == accepted


def test_answers_on_the_gaps_are_taken_from_them() -> None:
    one = draft("填空题\n1. 对__扩展__开放，对____修改____关闭。")
    assert one.body["stem"] == "对____开放，对____关闭。"
    assert [each["accepted"] for each in one.answer["blanks"].values()] == [["扩展"], ["修改"]]


def test_one_gap_left_empty_and_no_answer_is_told() -> None:
    (one,) = read("填空题\n1. 调用 __init__ 方法的是____。")
    assert str(one.reason) == "no answer is given"


def test_an_answer_set_off_in_the_stem_becomes_a_gap() -> None:
    assert draft("填空题\n1. 使用　input　函数\n答案：input").body["stem"] == "使用____函数"


def test_terms_and_what_they_mean() -> None:
    one = draft("一、名词解释\n1、抗体：能结合抗原的球蛋白。")
    assert (one.body["stem"], one.answer["sample"]) == ("抗体", "能结合抗原的球蛋白。")


def test_marks_of_several_points_on_one_line() -> None:
    one = draft("简答题\n1. 甲\n评分要点：清晰得2分；完整得1分。")
    assert [(each["text"], each["max"]) for each in one.answer["criteria"]] == [("清晰", 2), ("完整", 1)]


def test_points_in_a_list() -> None:
    one = draft("简答题\n1. 甲\n> 评分标准：\n> - 清晰（2分）\n> - 正确答案（1分）")
    assert [(each["text"], each["max"]) for each in one.answer["criteria"]] == [("清晰", 2), ("正确答案", 1)]


def test_quote_marks_go_and_the_list_in_them_stays() -> None:
    assert draft("简答题\n1. 甲\n> 答案：\n> - 一\n> - 二").answer["sample"] == "- 一\n- 二"


@pytest.mark.parametrize("title", ["第一章 数据结构", "## 下一部分", "第2单元 安全"])
def test_a_heading_is_no_part_of_the_explanation(title: str) -> None:
    one, two = read(f"1. 甲\nA. 一\nB. 二\n答案：A\n解析：因为\n\n{title}\n2. 乙\n答案：√")
    assert one.draft is not None
    assert one.draft.explanation == "因为"
    assert [str(each) for each in two.warnings] == [
        f"line 7 belongs to no question and was left out: {title}"
    ]


def test_a_numbered_heading_is_a_question_only_where_options_or_an_answer_follow() -> None:
    one, two = read(
        "## 7. 课后测验\n**问题1：甲**\nA) 一\nB) 二\n**正确答案：B**\n**问题2：乙**\nA) 一\nB) 二\n**正确答案：A**"
    )
    assert [each.draft and each.draft.body["stem"] for each in (one, two)] == ["甲", "乙"]
    assert [str(each) for each in one.warnings] == [
        "line 1 belongs to no question and was left out: 7. 课后测验"
    ]


def test_the_head_matter_of_a_page_is_nothing() -> None:
    assert draft("---\ntitle: 题\ndate: 2026\n---\n1. 甲\n答案：√").body["stem"] == "甲"


def test_text_behind_the_answer_is_its_explanation_and_told() -> None:
    paper = "1. 甲\nA. 一\nB. 二\n答案：A\n\n由定义可知，选A。"
    (one,) = read(paper)
    assert one.draft is not None
    assert one.draft.explanation == "由定义可知，选A。"
    assert warnings(paper) == [
        "line 4: what follows the answer was taken for its explanation: 由定义可知，选A。"
    ]


def test_options_that_begin_again_are_told() -> None:
    paper = "1. 甲\nA. 一\nB. 二\n答案：A\n解析：因为\n乙是（ ）\nA. 三\nB. 四\n答案：A"
    assert (
        "line 7: options begin a second time; a question without a number was taken for a part of this one."
        in (warnings(paper))
    )


def test_a_question_whose_options_are_not_seen_says_so() -> None:
    (one,) = read("1. 甲\n一\n二\n答案：A")
    assert str(one.reason) == "No options were found. Options begin with A. or A、 or (A)."


def test_the_first_question_of_a_section_may_lack_its_number() -> None:
    one, two = drafts("多选题\n甲（AB）\nA. 一\nB. 二\n2. 乙（A）\nA. 一\nB. 二")
    assert (one.body["stem"], key(one), key(two)) == ("甲（　）", ["o1", "o2"], ["o1"])


PARAGRAPH = (
    "题库及答案一、单项选择题(共2题,每题2分)1.社区的核心特征是()。A.地域B.人口C.认同答案:C解析:认同是核心,见第2.1节。"
    "2.每届任期为()。A.2年B.5年【答案】B二、判断题(每题1分)3.社区就是小区。答案:错"
)


def test_a_paragraph_that_holds_a_whole_paper() -> None:
    found = read(PARAGRAPH)
    assert [one.draft and (one.draft.body["stem"], key(one.draft)) for one in found] == [
        ("社区的核心特征是()。", "o3"),
        ("每届任期为()。", "o2"),
        ("社区就是小区。", "false"),
    ]
    assert [str(each) for one in found for each in one.warnings] == [
        "line 1 belongs to no question and was left out: 题库及答案"
    ]


def test_numbers_in_a_long_sentence_cut_nothing() -> None:
    stem = "根据2.0版规范,面积为1.5万平方米。2.超过部分另计,这一句很长很长很长很长很长很长很长很长,应当由谁负责()"
    assert draft(f"1. {stem}\nA. 甲\nB. 乙\n答案：A").body["stem"] == stem


@pytest.mark.parametrize(
    "line",
    [
        "```\n",
        "## 1. 甲\n",
        "甲\n\n",
        "问题1：甲\n1. 乙\n",
        "**A** ",
        "__甲",
        "1.甲A.一B.二答案:A。",
        "2.甲。",
        "一、单选题1.",
        "> ",
        "A 甲 B 乙 ",
        "<details>",
    ],
)
def test_a_long_paper_takes_no_longer_than_it_should(line: str) -> None:
    with soon():
        try:
            found = read("1. 甲\n" + line * (200_000 // len(line)))
        except FileRefused:
            return
        assert found


FRAGMENTS = [
    *(
        "**1.** ",
        "**",
        "甲",
        "（正确答案）",
        "答案：",
        "答案B",
        "---",
        "```",
        "A. ",
        "B.",
        "C丙",
        "案例一：",
        "第一题",
        "【题目】",
    ),
    *(
        "> ",
        "- [x] A. ",
        "我的答案：",
        "一、单选题(每题1分)1.",
        "____红____",
        "## ",
        "</details>",
        "[单选题] *",
        "正确",
        "。B",
    ),
    *(
        "（ ）2. ",
        "：",
        "　",
        " ",
        "√",
        "A 甲 B 乙 C 丙",
        "2.甲A.一B.二答案:A。3.",
        "解析:",
        "（2分）",
        "`",
        "名词解释",
    ),
]
LINES = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=4).map("".join)
WORDS = st.lists(LINES, min_size=1, max_size=3).map("\n".join).filter(lambda text: bool(text.strip()))


@given(stem=WORDS, first=WORDS, second=WORDS, explanation=WORDS)
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=150)
def test_what_looks_like_a_habit_is_written_so_that_it_comes_back(
    stem: str, first: str, second: str, explanation: str
) -> None:
    options = [{"id": "o1", "text": first}, {"id": "o2", "text": second}]
    parts: dict[str, Any] = {
        "rule": "rubric",
        "criteria": [{"id": "c1", "text": first, "max": 2}],
        "sample": second,
    }
    blanks = {"blanks": [{"id": "b1", "label": "（1）"}]}
    asked = [
        Draft("single", {"stem": stem, "options": options}, {"rule": "exact", "correct": "o2"}, explanation),
        Draft("fill_in", {"stem": stem, **blanks}, {"rule": "per_blank", "blanks": {"b1": {"accepted": [first]}}}),
        Draft("short_answer", {"stem": stem}, parts, explanation),
        Draft("case_analysis", {"stem": stem, "parts": [{"id": "p1", "label": "1."}]},
              {**parts, "criteria": [{**parts["criteria"][0], "part": "p1"}]}),
    ]  # fmt: skip
    target = BytesIO()
    losses = PAPER.write(asked, target)
    found = read(target.getvalue().decode("utf-8-sig")) if len(losses) < len(asked) else []
    assert [one.draft for one in found if one.draft in asked] == [one.draft for one in found]
    assert all(one.warnings == () for one in found)
    assert len(found) + len(losses) == len(asked)


@given(text=st.lists(LINES, max_size=12).map("\n".join))
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=300)
def test_no_mixture_of_habits_is_a_crash(text: str) -> None:
    try:
        found = read(text)
    except FileRefused:
        return
    assert all((one.draft is None) != (one.reason is None) for one in found)


def test_a_question_that_begins_at_the_end_of_an_explanation() -> None:
    long = "本题考查法律常识,根据保密法第十条的规定,国家秘密的密级分为绝密、机密、秘密三级,共有3种,见第2.1节,"
    one, two = drafts(
        f"1、甲\nA.一\nB.二\n【答案】:B\n【解析】{long}故本题选B。2、乙是()。\nA.三\nB.四\n【答案】:A\n"
    )
    assert (one.explanation, two.body["stem"], key(two)) == (f"{long}故本题选B。", "乙是()。", "o1")


def test_a_type_alone_on_the_line_of_the_number() -> None:
    one = draft("1.多选题\n甲是\nA.一\nB.二\n答案：A")
    assert (one.type, one.body["stem"].strip()) == ("multiple", "甲是")


LIFT = "七、案例分析题（20分）\n电梯。\n一楼反对。\n（1）先做什么？\n（2）怎样协商？\n"
DOUBTFUL = "Where this case ends and which questions are about it is not clear. Number the cases: 1. 2. …"


def test_a_case_without_a_number_is_one_question_with_its_parts() -> None:
    choice = "一、单选题\n1. 甲\nA. 一\nB. 二\n"
    one = drafts(f"{choice}{LIFT}\n参考答案\n一、1-1 B\n七、（1）先停工。（2）再开会。")[1]
    assert (one.type, one.points) == ("case_analysis", Decimal(20))
    assert one.body == {
        "stem": "电梯。\n一楼反对。\n（1）先做什么？\n（2）怎样协商？",
        "parts": [{"id": "p1", "label": "（1）"}, {"id": "p2", "label": "（2）"}],
    }
    assert [(each["part"], each["max"]) for each in one.answer["criteria"]] == [("p1", 10), ("p2", 10)]
    assert one.answer["sample"] == "（1）先停工。\n（2）再开会。"


def test_cases_that_are_named_are_several_questions() -> None:
    found = drafts(
        "七、案例分析题\n案例一\n甲。\n（1）一？\n（2）二？\n案例二\n乙。\n（1）三？\n"
        "参考答案\n七、案例一：（1）因。（2）果。\n案例二：（1）这"
    )
    assert [(one.body["stem"], one.answer["sample"]) for one in found] == [
        ("案例一\n甲。\n（1）一？\n（2）二？", "（1）因。\n（2）果。"),
        ("案例二\n乙。\n（1）三？", "（1）这"),
    ]


@pytest.mark.parametrize(
    "text",
    [f"{LIFT}加建车棚。\n（1）谁出钱？", "案例分析题\n电梯。\n（1）先？\n答案：停\n（2）再？\n答案：谈"],
)
def test_a_case_whose_questions_do_not_fit_together_is_skipped_with_the_reason(text: str) -> None:
    assert [str(one.reason) for one in read(text)] == [DOUBTFUL]


def test_numbers_of_five_digits_count_on_and_are_text_elsewhere() -> None:
    one, two = drafts("9999. 甲\nA. 一\nB. 二\n答案：A\n10000. 乙\n12345. 丙\nA. 一\nB. 二\n答案：B")
    assert (one.body["stem"], two.body["stem"]) == ("甲", "乙\n12345. 丙")


def test_of_many_lines_left_out_twenty_are_told_and_the_rest_counted() -> None:
    told = warnings("1. 甲\nA. 一\nB. 二\n答案：A\n" + "别的\n" * 50)
    assert (len(told), told[20]) == (21, "… and 30 more lines that were left out")
