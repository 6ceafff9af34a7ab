"""Moodle XML: what Moodle exports, what hand-written files say, and our own questions there and back."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from assessments.formats import Draft, FileRefused, Found, Loss
from assessments.formats.moodle_xml import MoodleXML
from assessments.formats.moodle_xml.kinds import READERS
from assessments.formats.own import CHANGED
from assessments.formats.usual import numbered
from tests.assessments.formats.drafts import MAKERS, questions
from tests.assessments.formats.patience import soon

MOODLE = MoodleXML()
PIXEL = b"\x89PNG\r\n\x1a\n pixel"


def quiz(*inside: str, encoding: str = "utf-8") -> bytes:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<quiz>\n{"".join(inside)}</quiz>'
    return text.encode(encoding)


def question(kind: str, *inside: str, stem: str = "<p>题干</p>", name: str = "题") -> str:
    """A question as Moodle exports it, with what every type has."""
    grade = "" if kind == "cloze" else "<defaultgrade>1.0000000</defaultgrade>"
    return (
        f'<!-- question: 7  -->\n<question type="{kind}"><name><text>{name}</text></name>'
        f'<questiontext format="html"><text><![CDATA[{stem}]]></text></questiontext>'
        f'<generalfeedback format="html"><text></text></generalfeedback>{grade}'
        f"<penalty>0.3333333</penalty><hidden>0</hidden><idnumber></idnumber>{''.join(inside)}</question>\n"
    )


def answer(text: str, fraction: str, inside: str = "") -> str:
    return (
        f'<answer fraction="{fraction}" format="html"><text><![CDATA[{text}]]></text>'
        f'<feedback format="html"><text></text></feedback>{inside}</answer>'
    )


def read(content: bytes) -> list[Found]:
    return list(MOODLE.read(BytesIO(content)))


def only(content: bytes) -> Found:
    (one,) = read(content)
    return one


def draft_of(content: bytes) -> Draft:
    one = only(content)
    assert one.draft is not None, one.reason
    return one.draft


def told(one: Found) -> list[str]:
    return [str(each) for each in one.warnings]


def written(drafts: Iterable[Draft]) -> tuple[bytes, list[Loss]]:
    target = BytesIO()
    losses = MOODLE.write(drafts, target)
    return target.getvalue(), losses


def without_own(content: bytes) -> bytes:
    """The file as Moodle would export it again: our element is gone."""
    root = etree.fromstring(content)
    for each in root.findall(".//qinglan"):
        each.getparent().remove(each)
    return bytes(etree.tostring(root))


SINGLE = """
<question type="category"><category><text>$course$/top/社会工作/法规 // 政策</text></category></question>
<!-- question: 2091  -->
  <question type="multichoice">
    <name><text>居民委员会的性质</text></name>
    <questiontext format="html">
      <text><![CDATA[<p>居民委员会是居民<b>自我管理</b>的什么组织？</p><p>请选一项。</p>]]></text>
    </questiontext>
    <generalfeedback format="html"><text><![CDATA[<p>见《居委会组织法》第二条。</p>]]></text></generalfeedback>
    <defaultgrade>2.0000000</defaultgrade>
    <penalty>0.3333333</penalty>
    <hidden>0</hidden>
    <idnumber>law-002</idnumber>
    <single>true</single>
    <shuffleanswers>false</shuffleanswers>
    <answernumbering>abc</answernumbering>
    <showstandardinstruction>0</showstandardinstruction>
    <correctfeedback format="html"><text>Your answer is correct.</text></correctfeedback>
    <partiallycorrectfeedback format="html"><text>Your answer is partially correct.</text></partiallycorrectfeedback>
    <incorrectfeedback format="html"><text>Your answer is incorrect.</text></incorrectfeedback>
    <shownumcorrect/>
    <answer fraction="100" format="html">
      <text><![CDATA[<p>基层群众性自治组织</p>]]></text>
      <feedback format="html"><text></text></feedback>
    </answer>
    <answer fraction="0" format="html">
      <text><![CDATA[<p>国家机关 &amp; 政府</p>]]></text>
      <feedback format="html"><text></text></feedback>
    </answer>
    <tags><tag><text>法规</text></tag><tag><text>初级</text></tag></tags>
  </question>
"""


def test_a_single_choice_as_moodle_exports_it() -> None:
    assert only(quiz(SINGLE)) == Found(
        numbered(1, "居民委员会的性质"),
        Draft(
            type="single",
            body={
                "stem": "居民委员会是居民自我管理的什么组织？\n请选一项。",
                "options": [
                    {"id": "o1", "text": "基层群众性自治组织"},
                    {"id": "o2", "text": "国家机关 & 政府"},
                ],
                "shuffle": False,
            },
            answer={"rule": "exact", "correct": "o1"},
            explanation="见《居委会组织法》第二条。",
            name="居民委员会的性质",
            category=("社会工作", "法规 / 政策"),
            tags=("法规", "初级"),
            points=Decimal(2),
            extra={"idnumber": "law-002"},
        ),
    )


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + quiz(SINGLE),
        b"\n  " + quiz(SINGLE),
        quiz(SINGLE, encoding="gbk"),
        quiz(SINGLE, encoding="gb2312"),
        quiz(SINGLE, encoding="utf-16"),
        quiz(SINGLE, encoding="gb18030"),
    ],
)
def test_any_declared_encoding_and_a_byte_order_mark_are_read(content: bytes) -> None:
    assert read(content) == read(quiz(SINGLE))


def test_categories_are_followed_in_their_order() -> None:
    def category(path: str, info: str = "") -> str:
        return (
            f'<question type="category"><category><text>{path}</text></category>'
            f'<info format="html"><text>{info}</text></info></question>'
        )

    one = question("truefalse", answer("true", "100"), answer("false", "0"))
    found = read(
        quiz(
            one,
            category("$course$/top/甲/乙"),
            one,
            category("$cat1$/丙", "说明"),
            question("description"),
            one,
            category("top"),
            one,
        )
    )
    assert [each.draft and each.draft.category for each in found] == [(), ("甲", "乙"), None, ("丙",), ()]
    assert [told(each) for each in found] == [
        [],
        [],
        [],
        ["The description and id number of the category $cat1$/丙 are not kept."],
        [],
    ]


def test_partial_fractions_of_a_single_choice_are_told() -> None:
    one = only(
        quiz(question("multichoice", answer("甲", "50"), answer("乙", "100"), answer("丙", "-33.33333")))
    )
    assert one.draft is not None
    assert (one.draft.type, one.draft.answer) == ("single", {"rule": "exact", "correct": "o2"})
    assert told(one) == ["What other options earn or cost is not kept: 甲 50%；丙 -33.33333%"]


@pytest.mark.parametrize(
    ("fractions", "answer_"),
    [
        (["50", "50", "-50"], {"rule": "weighted", "correct": ["o1", "o2"]}),
        (
            ["33.33333", "33.33333", "33.33333", "-33.33333"],
            {"rule": "weighted", "correct": ["o1", "o2", "o3"]},
        ),
        (
            ["50", "50", "0"],
            {"rule": "weighted", "correct": ["o1", "o2"], "weights": {"o1": "0.5", "o2": "0.5", "o3": "0"}},
        ),
        (
            ["25", "75", "-100"],
            {
                "rule": "weighted",
                "correct": ["o1", "o2"],
                "weights": {"o1": "0.25", "o2": "0.75", "o3": "-1"},
            },
        ),
        (
            ["33.33333", "66.66667", "0"],
            {
                "rule": "weighted",
                "correct": ["o1", "o2"],
                "weights": {"o1": "0.3333333", "o2": "0.6666667", "o3": "0"},
            },
        ),
    ],
)
def test_a_multiple_choice_is_weighed_as_the_file_says(fractions: list[str], answer_: Any) -> None:
    options = "".join(answer(f"选项{n}", each) for n, each in enumerate(fractions))
    one = draft_of(quiz(question("multichoice", "<single>false</single>", options)))
    assert (one.type, one.answer, "shuffle" in one.body) == ("multiple", answer_, False)


@pytest.mark.parametrize(
    ("answers", "correct"),
    [
        (answer("true", "100") + answer("false", "0"), "true"),
        (answer("true", "0") + answer("false", "100"), "false"),
        (answer("false", "100") + answer("true", "0"), "false"),
        (answer("对", "0") + answer("错", "100"), "false"),
    ],
)
def test_true_or_false(answers: str, correct: str) -> None:
    one = draft_of(quiz(question("truefalse", answers)))
    assert (one.type, one.body, one.answer) == (
        "true_false",
        {"stem": "题干", "options": [{"id": "true", "text": "正确"}, {"id": "false", "text": "错误"}]},
        {"rule": "exact", "correct": correct},
    )


def test_a_short_answer_is_a_blank() -> None:
    one = only(
        quiz(
            question(
                "shortanswer",
                "<usecase>1</usecase>",
                answer("Beijing", "100"),
                answer("北京", "100"),
                answer("京*", "33.33333"),
                answer("a\\*b", "100"),
                answer("*", "0"),
            )
        )
    )
    assert one.draft is not None
    assert (one.draft.type, one.draft.body) == (
        "fill_in",
        {"stem": "题干", "blanks": [{"id": "b1", "label": "答案"}]},
    )
    assert one.draft.answer == {
        "rule": "per_blank",
        "blanks": {
            "b1": {
                "accepted": ["Beijing", "北京", "a*b"],
                "partial": [{"text": "京*", "share": "0.3333333"}],
                "case": True,
            }
        },
    }
    assert told(one) == ["An asterisk stands for any text in Moodle; here it stands for itself."]


NUMERICAL = """
    <answer fraction="100" format="moodle_auto_format"><text>23.80</text>
      <feedback format="html"><text></text></feedback><tolerance>0.1</tolerance></answer>
    <answer fraction="50" format="moodle_auto_format"><text>24</text><tolerance>0</tolerance></answer>
    <answer fraction="0" format="moodle_auto_format"><text>*</text></answer>
    <units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit>
    <unit><multiplier>100</multiplier><unit_name>cm</unit_name></unit></units>
    <unitgradingtype>1</unitgradingtype><unitpenalty>0.1</unitpenalty><showunits>0</showunits><unitsleft>0</unitsleft>
"""


def test_a_numerical_question_keeps_its_number_tolerance_and_unit() -> None:
    one = only(quiz(question("numerical", NUMERICAL)))
    assert one.draft is not None
    assert (one.draft.type, one.draft.body, one.draft.answer) == (
        "fill_in",
        {"stem": "题干", "blanks": [{"id": "b1", "label": "答案", "unit": "m"}]},
        {"rule": "per_blank", "blanks": {"b1": {"value": "23.8", "tolerance": "0.1"}}},
    )
    assert told(one) == [
        "Of several numbers that earn marks only 23.8 is kept.",
        "These units are not kept: cm",
        "A wrong or missing unit costs marks in Moodle, not here.",
    ]


def test_a_whole_number_stays_one() -> None:
    one = draft_of(quiz(question("numerical", answer("1e2", "100", "<tolerance>0</tolerance>"))))
    assert one.answer["blanks"] == {"b1": {"value": 100}}


MATCHING = """
    <shuffleanswers>true</shuffleanswers>
    <subquestion format="html"><text><![CDATA[<p>猫</p>]]></text><answer><text>动物</text></answer></subquestion>
    <subquestion format="html"><text>狗</text><answer><text>动物</text></answer></subquestion>
    <subquestion format="html"><text>玫瑰</text><answer><text>植物</text></answer></subquestion>
    <subquestion format="html"><text></text><answer><text>石头</text></answer></subquestion>
"""


@pytest.mark.parametrize("kind", ["matching", "match", "ddmatch"])
def test_matching_with_a_partner_too_many(kind: str) -> None:
    one = draft_of(quiz(question(kind, MATCHING)))
    assert (one.type, one.body, one.answer) == (
        "matching",
        {
            "stem": "题干",
            "left": [{"id": "l1", "text": "猫"}, {"id": "l2", "text": "狗"}, {"id": "l3", "text": "玫瑰"}],
            "right": [
                {"id": "r1", "text": "动物"},
                {"id": "r2", "text": "植物"},
                {"id": "r3", "text": "石头"},
            ],
        },
        {"rule": "per_pair", "pairs": {"l1": "r1", "l2": "r1", "l3": "r2"}},
    )


def test_an_essay_is_marked_by_one_criterion() -> None:
    one = only(
        quiz(
            question(
                "essay",
                "<responseformat>editorfilepicker</responseformat><attachments>1</attachments>"
                "<maxwordlimit>200</maxwordlimit><graderinfo format='html'><text>&lt;p&gt;要点一&lt;/p&gt;</text>"
                "</graderinfo><responsetemplate format='html'><text>我认为</text></responsetemplate>",
            ).replace("1.0000000", "12.5000000")
        )
    )
    assert one.draft is not None
    assert (one.draft.type, one.draft.body, one.draft.points) == (
        "short_answer",
        {"stem": "题干"},
        Decimal("12.5"),
    )
    assert one.draft.answer == {
        "rule": "rubric",
        "criteria": [{"id": "c1", "text": "按答题情况给分", "max": "12.5"}],
        "sample": "要点一",
    }
    assert told(one) == [
        "Files cannot be handed in with the answer here.",
        "The text the answer begins with is not kept.",
        "The limit on the number of words is not kept.",
    ]


CLOZE = (
    "<p>阅读短文，完成填空。</p><p>首都是{1:SHORTANSWER:=北京~%50%京#nearly~=Beijing}，"
    r"{1:SAC:=a\}b\~c\#d &amp; &#1085;&amp;#1085;#f}有"
    "{:NM:=5.5:0.1~%50%6:1}环，<br>在{1:MC:中国#对~=亚洲~%50%东亚}。{不是空}</p>"
)


def test_a_cloze_is_read_gap_by_gap() -> None:
    one = only(quiz(question("cloze", stem=CLOZE)))
    assert one.draft is not None
    assert (one.draft.type, one.draft.points) == ("cloze", Decimal(4))
    assert one.draft.body == {
        "stem": "阅读短文，完成填空。",
        "text": "首都是[[g1]]，[[g2]]有[[g3]]环，\n在[[g4]]。{不是空}",
        "gaps": [
            {"id": "g1"},
            {"id": "g2"},
            {"id": "g3"},
            {
                "id": "g4",
                "options": [
                    {"id": "o1", "text": "中国"},
                    {"id": "o2", "text": "亚洲"},
                    {"id": "o3", "text": "东亚"},
                ],
            },
        ],
    }
    assert one.draft.answer == {
        "rule": "per_gap",
        "gaps": {
            "g1": {"accepted": ["北京", "Beijing"], "partial": [{"text": "京", "share": "0.5"}]},
            "g2": {"accepted": ["a}b~c#d & нн"], "case": True},
            "g3": {"value": "5.5", "tolerance": "0.1"},
            "g4": {"correct": "o2"},
        },
    }
    assert told(one) == [
        "Feedback on single answers is not kept.",
        "Of several numbers that earn marks only 5.5 is kept.",
        "What other options earn or cost is not kept: 东亚 50%",
    ]


@pytest.mark.parametrize("kind", ["MULTICHOICE", "MCV", "MCH", "MULTICHOICE_V", "MULTICHOICE_H"])
def test_the_kinds_of_lists_are_one_to_us(kind: str) -> None:
    one = only(quiz(question("multianswer", stem=f"甲{{2:{kind}:=对~错}}{{3:MCS:=是~否}}")))
    assert one.draft is not None
    assert one.draft.body["stem"] == "请填空。"
    assert one.draft.answer["gaps"] == {"g1": {"correct": "o1"}, "g2": {"correct": "o1"}}
    assert told(one) == [
        "The options in a gap are shown in the order of the file, not shuffled.",
        "Every gap earns the same here; in Moodle they weigh differently.",
    ]


GROUPS = """
    <shuffleanswers>1</shuffleanswers>
    <{0}><text>猫</text><group>1</group></{0}>
    <{0}><text>快</text><group>2</group></{0}>
    <{0}><text>狗</text><group>1</group></{0}>
    <{0}><text>慢</text><group>2</group></{0}>
"""


@pytest.mark.parametrize(("kind", "tag"), [("gapselect", "selectoption"), ("ddwtos", "dragbox")])
def test_choices_of_a_group_are_the_list_of_its_gaps(kind: str, tag: str) -> None:
    stem = "<p>[[3]]跑得[[2]]，[[1]]也[[2]]。</p>"
    one = only(quiz(question(kind, GROUPS.format(tag), stem=stem)))
    animals = [{"id": "o1", "text": "猫"}, {"id": "o2", "text": "狗"}]
    speeds = [{"id": "o1", "text": "快"}, {"id": "o2", "text": "慢"}]
    assert one.draft is not None
    assert one.draft.body == {
        "stem": "请填空。",
        "text": "[[g1]]跑得[[g2]]，[[g3]]也[[g4]]。",
        "gaps": [
            {"id": "g1", "options": animals},
            {"id": "g2", "options": speeds},
            {"id": "g3", "options": animals},
            {"id": "g4", "options": speeds},
        ],
    }
    right = {"g1": "o2", "g2": "o1", "g3": "o1", "g4": "o1"}
    assert one.draft.answer["gaps"] == {gap: {"correct": option} for gap, option in right.items()}
    assert told(one) == ["The options in a gap are shown in the order of the file, not shuffled."]


@pytest.mark.parametrize(
    ("grading", "rule", "warnings"),
    [
        ("ALL_OR_NOTHING", "exact", []),
        ("LONGEST_ORDERED_SUBSET", "longest_run", []),
        (
            "ABSOLUTE_POSITION",
            "longest_run",
            ["Marks are given here for the longest run in the right order, not by absolute_position."],
        ),
    ],
)
def test_ordering_follows_the_places(grading: str, rule: str, warnings: list[str]) -> None:
    steps = answer("二", "2.0000000") + answer("一", "1.0000000") + answer("三", "3.0000000")
    one = only(
        quiz(question("ordering", f"<selecttype>ALL</selecttype><gradingtype>{grading}</gradingtype>", steps))
    )
    assert one.draft is not None
    assert (one.draft.type, one.draft.answer) == ("ordering", {"rule": rule, "orders": [["o2", "o1", "o3"]]})
    assert told(one) == warnings


def beside(name: str, content: bytes, path: str = "/") -> str:
    text = base64.b64encode(content).decode()
    return f'<file name="{name}" path="{path}" encoding="base64">{text}</file>'


def test_pictures_and_sounds_of_the_stem_stand_behind_it() -> None:
    stem = (
        '看<img src="@@PLUGINFILE@@/%E5%9B%BE%201.png?x=1" alt="">这里<img src="http://a.example/b.png" alt="楼">。'
        '<audio src="@@PLUGINFILE@@/a/s.mp3"></audio><audio><source src="@@PLUGINFILE@@/t.ogg">录音</audio>'
        '<img src="@@PLUGINFILE@@/c.gif" alt="一 条\n路">'
    )
    files = [
        beside("图 1.png", PIXEL),
        beside("lost.png", b"0", "/sub/"),
        beside("s.mp3", b"ID3", "/a/"),
        beside("t.ogg", b"Ogg"),
        beside("c.gif", b"GIF8"),
    ]
    options = answer("甲<img src='@@PLUGINFILE@@/c.png' alt='红灯'>", "100") + answer(
        "<img src='d.png'>", "0"
    )
    xml = question("multichoice", options, stem=stem)
    one = only(quiz(xml.replace("</questiontext>", f"{''.join(files)}</questiontext>")))
    assert one.draft is not None
    assert one.draft.body == {
        "stem": "看这里楼。",
        "options": [{"id": "o1", "text": "甲红灯"}, {"id": "o2", "text": "图2"}],
        "media": [
            {"file": "图 1.png", "alt": "图1"},
            {"file": "s.mp3", "alt": ""},
            {"file": "t.ogg", "alt": "录音"},
            {"file": "c.gif", "alt": "一 条 路"},
        ],
    }
    assert one.draft.files == {"图 1.png": PIXEL, "s.mp3": b"ID3", "t.ogg": b"Ogg", "c.gif": b"GIF8"}
    assert told(one) == [
        "The picture 图 1.png has no description: say in words what it shows.",
        "The picture or sound http://a.example/b.png is not kept.",
        "The picture or sound c.png stands where only its description is kept.",
        "The picture or sound d.png stands where only its description is kept.",
        "The file sub/lost.png is not kept.",
    ]


@pytest.mark.parametrize(
    ("name", "content", "warning"),
    [
        (
            "a.svg",
            b"<svg/>",
            "The file a.svg was left out; only these are taken: "
            ".png, .jpg, .jpeg, .webp, .gif, .mp3, .ogg, .wav, .m4a.",
        ),
        ("a.png", bytes(5 * 2**20 + 1), "The file a.png was left out: it is larger than 5 MB."),
        ("a.png", b"", "The picture or sound a.png cannot be found in the file."),
    ],
)
def test_pictures_that_are_not_taken_leave_their_description(name: str, content: bytes, warning: str) -> None:
    stem = f'看图：<img src="@@PLUGINFILE@@/{name}" alt="楼道">'
    xml = question("multichoice", answer("甲", "100") + answer("乙", "0"), stem=stem)
    one = only(quiz(xml.replace("</questiontext>", f"{beside(name, content)}</questiontext>")))
    assert one.draft is not None
    assert (one.draft.body["stem"], one.draft.files, "media" in one.draft.body) == ("看图：楼道", {}, False)
    assert told(one) == [warning]


def test_no_more_pictures_than_a_question_can_have() -> None:
    stem = "".join(f'<img src="@@PLUGINFILE@@/{n}.png" alt="{n}">' for n in range(21))
    files = "".join(beside(f"{n}.png", PIXEL) for n in range(21))
    xml = question("multichoice", answer("甲", "100") + answer("乙", "0"), stem=stem)
    one = only(quiz(xml.replace("</questiontext>", f"{files}</questiontext>")))
    assert one.draft is not None
    assert (len(one.draft.files), one.draft.body["stem"]) == (20, "20")
    assert told(one) == ["The file 20.png was left out: a question has 20 pictures and sounds at most."]


def test_a_stem_that_is_only_a_picture_is_called_by_it() -> None:
    xml = question(
        "multichoice",
        answer("甲", "100") + answer("乙", "0"),
        stem='<img src="@@PLUGINFILE@@/a.png" alt="标志">',
    )
    one = only(quiz(xml.replace("</questiontext>", f"{beside('a.png', PIXEL)}</questiontext>")))
    assert one.draft is not None
    assert (one.draft.body["stem"], one.draft.body["media"]) == ("标志", [{"file": "a.png", "alt": "标志"}])


@pytest.mark.parametrize(
    ("format", "text", "stem", "warnings"),
    [
        ("html", "<p>一\n 行</p>\n<p>二</p>", "一 行\n二", []),
        ("html", "<pre>一\n二</pre>", "一\n二", []),
        ("moodle_auto_format", "一\n二 &lt;", "一\n二 <", []),
        ("plain_text", " 3 <b 5 &amp; \n二", "3 <b 5 &amp; \n二", []),
        ("markdown", "**重**点", "**重**点", ["Markdown stays as it is typed."]),
        (
            "html",
            "<table><tr><td>1</td><td>2</td></tr></table>",
            "1\t2",
            ["A table is kept as lines of text only."],
        ),
        ("html", r"\(x^2\)", r"\(x^2\)", ["A formula is kept as it is typed only."]),
        ("html", "<math><mi>x</mi></math>", "x", ["A formula is kept as plain text only: look it over."]),
    ],
)
def test_texts_of_every_format(format: str, text: str, stem: str, warnings: list[str]) -> None:
    xml = question("essay", stem=text).replace(
        'questiontext format="html"', f'questiontext format="{format}"'
    )
    one = only(quiz(xml))
    assert one.draft is not None
    assert (one.draft.body["stem"], told(one)) == (stem, warnings)


def test_what_is_raised_or_lowered_stays_apart() -> None:
    body = question(
        "multichoice", answer("10<sup>3</sup>", "100"), answer("103", "0"), stem="H<sub>2</sub>O"
    ).replace("<text>10<sup>3</sup></text>", "<text><![CDATA[10<sup>3</sup>]]></text>")
    draft = draft_of(quiz(body))
    assert (draft.body["stem"], [each["text"] for each in draft.body["options"]]) == ("H₂O", ["10³", "103"])


def test_all_or_nothing_of_an_extension() -> None:
    answers = (answer("甲", "100"), answer("乙", "0"), answer("丙", "100"))
    draft = draft_of(quiz(question("multichoiceset", *answers)))
    assert draft.answer == {"rule": "all_or_nothing", "correct": ["o1", "o3"]}
    none = only(quiz(question("multichoiceset", answer("甲", "0"), answer("乙", "0"))))
    assert str(none.reason) == "No answer earns any marks."


def test_words_with_a_line_are_told() -> None:
    assert told(only(quiz(question("essay", stem="He <u>go</u>.")))) == [
        "What is underlined or struck through stands without its line: see whether the question needs it."
    ]


def test_a_picture_within_the_text_is_taken() -> None:
    draft = draft_of(quiz(question("essay", stem='看<img src="data:image/png;base64,AAEC" alt="楼">')))
    assert (draft.body["media"], draft.files) == (
        [{"file": "picture.png", "alt": "楼"}],
        {"picture.png": b"\0\1\2"},
    )


def test_the_picture_of_an_old_question_is_taken() -> None:
    old = "<image>pics/a.png</image><image_base64>\nAAEC\n</image_base64>"
    draft = only(quiz(question("essay", old))).draft
    assert draft is not None
    assert (draft.body["media"], draft.files) == ([{"file": "a.png", "alt": "图1"}], {"a.png": b"\0\1\2"})
    none = only(quiz(question("essay", old.replace("AAEC", ""))))
    assert told(none) == ["The picture or sound pics/a.png is not kept."]


def test_shares_that_miss_the_whole_and_links_are_told() -> None:
    thirds = [
        answer(text, share) for text, share in (("甲", "33"), ("乙", "33.33"), ("丙", "33.33"), ("丁", "0"))
    ]
    xml = question("multichoice", "<single>false</single>", *thirds, stem='<a href="http://a.cn/x">规定</a>')
    assert told(only(quiz(xml))) == [
        "The address of a link is not kept: http://a.cn/x",
        "Exactly the right choices earn full marks here, whatever the file adds up for them.",
    ]
    usual = xml.replace('"33"', '"33.33333"').replace("http://a.cn/x", "#top")
    assert told(only(quiz(usual))) == []


def test_markup_that_somebody_forgot_to_escape_is_read_all_the_same() -> None:
    xml = question("essay").replace("<![CDATA[<p>题干</p>]]>", "第一<br/>第二<b>行</b>")
    assert draft_of(quiz(xml)).body["stem"] == "第一\n第二行"


def test_what_any_question_says_and_we_do_not_keep_is_told() -> None:
    xml = question(
        "multichoice",
        "<answernumbering>iii</answernumbering><image>old.gif</image>"
        "<incorrectfeedback><text>再想想</text></incorrectfeedback>",
        answer("甲", "100").replace("<text></text></feedback>", "<text>好</text></feedback>"),
        answer("乙", "0"),
        '<hint format="html"><text/><shownumcorrect/></hint><hint format="html"><text>想想居委会</text></hint>',
    )
    xml = xml.replace("<hidden>0", "<hidden>1").replace("0.3333333", "0.5").replace("1.0000000", "很多")
    one = only(quiz(xml))
    assert told(one) == [
        "很多 is not a number of points here.",
        "The picture or sound old.gif is not kept.",
        "The options are lettered here, not numbered as iii.",
        "Hints are not kept.",
        "Feedback on single answers is not kept.",
        "Feedback for right, partly right and wrong responses is not kept.",
        "The question is hidden in Moodle; here it is not.",
        "The penalty 0.5 for another try is not kept.",
    ]
    assert one.draft is not None
    assert one.draft.points is None


@pytest.mark.parametrize(
    ("xml", "warning"),
    [
        (
            question("matching", MATCHING.replace("<shuffleanswers>true", "<shuffleanswers>false")),
            "The partners are shuffled here.",
        ),
        (
            question("ordering", "<selecttype>RANDOM</selecttype>", answer("一", "1"), answer("二", "2")),
            "Moodle shows some of the steps only; here all are shown.",
        ),
        (
            question("essay").replace(
                "</questiontext>", '<file name="a.png" encoding="gzip">AA==</file></questiontext>'
            ),
            "The file a.png is not kept.",
        ),
        (
            question("essay").replace(
                '"html"><text></text></g', '"html"><text>&lt;img src="x"&gt;好</text></g'
            ),
            "The picture or sound x stands where only its description is kept.",
        ),
    ],
)
def test_each_of_these_is_told_alone(xml: str, warning: str) -> None:
    one = only(quiz(xml))
    assert (one.draft is not None, told(one)) == (True, [warning])


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("description", "A description asks nothing."),
        ("calculated", "Calculated questions draw new numbers for everyone, which is not known here."),
        ("calculatedsimple", "Calculated questions draw new numbers for everyone, which is not known here."),
        ("calculatedmulti", "Calculated questions draw new numbers for everyone, which is not known here."),
        ("randomsamatch", "A random matching question borrows other questions, which is not known here."),
        ("ddmarker", "Markers are put on a picture, which is not known here."),
        ("ddimageortext", "Texts or pictures are put on a picture, which is not known here."),
        ("stack", "Moodle's question type stack is not known here."),
        ("", "Moodle's question type ? is not known here."),
    ],
)
def test_types_we_do_not_know_are_skipped_each_with_its_reason(kind: str, reason: str) -> None:
    one, after = read(quiz(question(kind), SINGLE))
    assert (one.draft, str(one.where), str(one.reason)) == (None, "question 1 (题)", reason)
    assert str(after.where) == "question 2 (居民委员会的性质)"
    assert after.draft is not None


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (question("multichoice", answer("甲", "50"), answer("乙", "50")), "No answer earns full marks."),
        (
            question("multichoice", answer("甲", "100"), answer("乙", "100")),
            "Several answers earn full marks, though only one can be chosen.",
        ),
        (question("multichoice", answer("甲", "很多"), answer("乙", "100")), "“很多” is not a number."),
        (
            question("multichoice", "<single>0</single>", answer("甲", "0"), answer("乙", "-50")),
            "No answer earns any marks.",
        ),
        (question("multichoice", answer("甲", "100")), "There are fewer than 2."),
        (question("truefalse", answer("true", "100")), "A true/false question has two answers."),
        (question("truefalse", answer("true", "0"), answer("false", "0")), "No answer earns full marks."),
        (question("shortanswer", answer("半", "50")), "No answer earns full marks."),
        (question("numerical", answer("一百", "100")), "“一百” is not a number."),
        (question("numerical", answer("1e999999", "100")), "“1e999999” is not a number."),
        (question("numerical", answer("5", "50")), "No answer earns full marks."),
        (question("cloze", stem="没有空 {1:FOO:=a} {1:SA:=开着"), "The text has no gap that can be read."),
        (
            question("cloze", stem="{1:MULTIRESPONSE:=a~=b~c}"),
            "A gap asks for several options at once, which is not known here.",
        ),
        (
            question("gapselect", GROUPS.format("selectoption"), stem="[[9]]"),
            "The text names a choice 9 that is not there.",
        ),
        (question("cloze", stem="{1:SA:=a}" * 201), "The text has more than 200 gaps or choices."),
        (
            question("ddwtos", GROUPS.format("dragbox"), stem="[[1]]" * 201),
            "The text has more than 200 gaps or choices.",
        ),
        (
            question("essay", stem=""),
            "There is no text here that can be read; perhaps it is a picture or a formula.",
        ),
    ],
)
def test_questions_that_cannot_be_kept_say_why(xml: str, reason: str) -> None:
    one, after = read(quiz(xml, SINGLE))
    assert (one.draft, str(one.reason)) == (None, reason)
    assert after.draft is not None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b" \n\n ", "The file is empty."),
        (b"<html><body>404</body></html>", "outermost element of the file must be quiz"),
        (b"<!-- a --><question type='essay'/>", "outermost element of the file must be quiz"),
        (b"::Q1:: 1+1 {=2 ~3}", "not well-formed"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not well-formed"),
        (b"PK\x03\x04" + bytes(range(256)), "not well-formed"),
        (b"<quiz><question>", "not well-formed"),
        (b'<!DOCTYPE quiz [<!ENTITY a "ha">]><quiz><question>&a;</question></quiz>', "entities"),
        (b'<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>', "entities"),
    ],
)
def test_files_that_are_no_moodle_xml_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(FileRefused, match=reason):
        read(content)


def test_a_quiz_without_questions_has_none() -> None:
    assert read(b"<quiz/>") == []


def test_what_was_read_before_a_file_breaks_off_is_kept() -> None:
    first, second = read(quiz(SINGLE, question("essay"))[:-40])
    assert first.draft is not None
    assert (str(second.where), str(second.reason).startswith("This is not well-formed XML")) == (
        "question 2",
        True,
    )


@pytest.mark.parametrize(
    "stem",
    [
        "{1:SA:" * 160_000,
        "{1:SA:=a}" * 20_000 + "{1:SA:=" + "~" * 500_000,
        "{1:SA:=" + "\\}" * 500_000 + "}",
        "{1:SA:=" + "&a" * 500_000,
        "<b>" * 330_000,
        "[[1]]" * 200_000,
        "<img src=a>" * 5 + "".join(f"<img src={n}>" for n in range(60_000)),
        "[[" * 500_000,
        "a " * 500_000,
    ],
)
@pytest.mark.parametrize("kind", ["cloze", "gapselect", "essay"])
def test_a_huge_line_takes_no_time(kind: str, stem: str) -> None:
    content = quiz(question(kind, stem=stem), SINGLE)
    with soon():
        assert len(read(content)) == 2


PIECES = [
    "<questiontext><text>{1:MC:=a~b}[[1]]</text></questiontext>",
    '<questiontext format="plain_text">{1:NM:=a:b}{1:SA:~#}</questiontext>',
    "<questiontext><text>&lt;img src='@@PLUGINFILE@@/a'&gt;</text><file name='a'>%%%</file></questiontext>",
    "<name/>",
    "<answer/>",
    "<answer fraction=''/>",
    "<answer fraction='100'><text>5</text><tolerance>x</tolerance></answer>",
    "<answer fraction='-100.5'><text>*</text><feedback/></answer>",
    "<answer fraction='50'><text>true</text></answer>",
    "<single>false</single>",
    "<subquestion/>",
    "<subquestion><text>甲</text><answer><text>乙</text></answer></subquestion>",
    "<subquestion><text>丙</text><answer format='html'/></subquestion>",
    "<dragbox/>",
    "<selectoption><text>a</text></selectoption>",
    "<defaultgrade>-1</defaultgrade>",
    "<units><unit/><unit><unit_name>m</unit_name><multiplier>z</multiplier></unit></units>",
    "<generalfeedback/>",
    "<tags><tag/><tag><text/></tag></tags>",
    "<hint/>",
    "<correctfeedback/>",
    "<qinglan>{}</qinglan>",
    "<!-- a comment --><?pi?>",
]


@given(
    kind=st.sampled_from([*READERS, "category", "description", "other"]),
    inside=st.lists(st.sampled_from(PIECES), max_size=8),
)
def test_whatever_is_missing_or_too_much_costs_one_question_only(kind: str, inside: list[str]) -> None:
    found = read(quiz(f'<question type="{kind}">{"".join(inside)}</question>', SINGLE))
    assert found[-1].draft is not None
    assert all(str(each.reason) != "" for each in found[:-1] if each.draft is None)
    assert len(found) == (1 if kind == "category" else 2)


# Our own questions, there and back.


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(drafts=st.lists(questions(tuple(MAKERS), shown=True), max_size=2))
def test_our_questions_come_back_whole(drafts: list[Draft]) -> None:
    content, losses = written(drafts)
    found = read(content)
    assert [each.draft for each in found] == drafts
    assert [each.warnings for each in found] == [()] * len(drafts)
    assert not any(loss.whole for loss in losses)


@given(draft=questions(("single", "true_false", "matching")))
def test_what_moodle_can_say_it_says_without_our_element(draft: Draft) -> None:
    one = draft_of(without_own(written([draft])[0]))
    assert (one.type, one.name, one.tags) == (draft.type, draft.name, draft.tags)
    assert one.points == (draft.points or Decimal(1))
    if draft.type != "matching":
        assert one.answer == draft.answer


@given(draft=questions(("cloze", "fill_in", "ordering")))
def test_gaps_and_orders_mean_the_same_without_our_element(draft: Draft) -> None:
    one = draft_of(without_own(written([draft])[0]))
    if draft.type == "ordering":
        right = draft.answer["orders"][0]
        texts = {each["id"]: " ".join(each["text"].split()) for each in draft.body["options"]}
        back = {each["id"]: each["text"] for each in one.body["options"]}
        assert [back[each] for each in one.answer["orders"][0]] == [texts[each] for each in right]
        return
    ours = draft.answer.get("gaps") or draft.answer["blanks"]
    theirs = one.answer.get("gaps") or one.answer["blanks"]
    assert list(theirs.values()) == list(ours.values())


EXACT = Draft(
    type="multiple",
    body={
        "stem": "哪些是？\n多选",
        "media": [{"file": "图 1.png", "alt": "楼道"}, {"file": "s.mp3", "alt": ""}],
        "options": [
            {"id": "o1", "text": "<甲>"},
            {"id": "o2", "text": "乙 & 丙"},
            {"id": "o3", "text": "]]>"},
        ],
    },
    answer={
        "rule": "social_worker_exam",
        "correct": ["o1", "o2"],
        "per_option": "0.5",
        "explanation_cites_options": True,
    },
    explanation="A 和 B",
    name="多选题",
    category=("法规/政策", "甲"),
    tags=("一",),
    points=Decimal(2),
    difficulty=4,
    files={"图 1.png": PIXEL, "s.mp3": b"ID3"},
    extra={"key": "law-7", "leaves": ["1.2"], "minutes": 2},
)


def bare(draft: Draft) -> Draft:
    """The same without pictures and sounds."""
    return replace(
        draft, body={name: value for name, value in draft.body.items() if name != "media"}, files={}
    )


def test_what_is_written_is_what_moodle_reads() -> None:
    content, losses = written([EXACT])
    assert read(content) == [Found(numbered(1, "多选题"), EXACT)]
    category, one = etree.fromstring(content).findall("question")
    assert category.findtext("category/text") == "$course$/法规//政策/甲"
    assert {
        each.tag: (each.text or "").strip() for each in one if each.tag != "qinglan" and not len(each)
    } == {
        "defaultgrade": "2",
        "penalty": "0.3333333",
        "hidden": "0",
        "idnumber": "law-7",
        "single": "false",
        "shuffleanswers": "false",
        "answernumbering": "ABCD",
    }
    assert one.findtext("questiontext/text") == (
        '哪些是？<br>多选<p><img src="@@PLUGINFILE@@/%E5%9B%BE%201.png" alt="楼道"></p>'
        '<p><audio controls="controls" src="@@PLUGINFILE@@/s.mp3"></audio></p>'
    )
    assert [(each.get("fraction"), each.findtext("text")) for each in one.findall("answer")] == [
        ("50", "&lt;甲&gt;"),
        ("50", "乙 &amp; 丙"),
        ("-100", "]]&gt;"),
    ]
    assert b"<![CDATA[" in content
    assert [(str(loss.where), str(loss.reason), loss.whole) for loss in losses] == [
        (
            "question 1 (多选题)",
            "For some of the right options Moodle gives their part of the marks, not fixed marks each.",
            False,
        ),
        (
            "question 1 (多选题)",
            "Moodle will not shuffle the options, since the explanation cites them by letter.",
            False,
        ),
    ]


def test_a_file_that_came_back_from_moodle_is_read_as_moodle_says() -> None:
    content, _losses = written([EXACT])
    one = draft_of(without_own(content))
    assert one == replace(
        EXACT,
        body=EXACT.body | {"shuffle": False},
        answer={
            "rule": "weighted",
            "correct": ["o1", "o2"],
            "weights": {"o1": "0.5", "o2": "0.5", "o3": "-1"},
        },
        difficulty=None,
        extra={"idnumber": "law-7"},
    )


def changed_by_hand(draft: Draft, old: str, new: str) -> Found:
    head, tail = written([draft])[0].decode().rsplit("<qinglan>", 1)
    assert old in head
    return only((head.replace(old, new, 1) + "<qinglan>" + tail).encode())


def test_what_moodle_changed_counts_and_what_we_noted_of_the_rest_stays() -> None:
    one = changed_by_hand(EXACT, "哪些是？", "哪些不是？")
    assert one.draft == replace(EXACT, body={**EXACT.body, "stem": "哪些不是？\n多选"})
    assert one.warnings == ()
    assert changed_by_hand(EXACT, "//政策/甲</text>", "//政策/乙</text>").draft == replace(
        EXACT, category=("法规/政策", "乙")
    )


def test_a_key_that_moodle_changed_is_read_as_moodle_says() -> None:
    one = changed_by_hand(EXACT, 'fraction="-100"', 'fraction="-50"')
    assert one.draft is not None
    assert told(one)[-1] == str(CHANGED)
    assert (one.draft.answer["rule"], one.draft.difficulty, one.draft.extra) == ("weighted", 4, EXACT.extra)


def test_what_another_program_adds_is_told_although_all_else_is_as_we_wrote_it() -> None:
    one = changed_by_hand(EXACT, "</questiontext>", "</questiontext><hint><text>想想</text></hint>")
    assert (one.draft, told(one)) == (EXACT, ["Hints are not kept."])


@pytest.mark.parametrize(
    "own",
    ["", "{", "[]", "[" * 100_000, '{"seal": 1}', '{"a": NaN}', json.dumps({"seal": "", "type": 3})],
)
def test_an_element_of_ours_that_is_broken_is_passed_over(own: str) -> None:
    one = only(quiz(SINGLE.replace("</tags>", f"</tags><qinglan>{own}</qinglan>")))
    assert one.draft == draft_of(quiz(SINGLE))
    assert len(one.warnings) == 1


def test_what_moodle_does_otherwise_is_told() -> None:
    def losses(type: str, body: Any, answer: Any, **more: Any) -> list[str]:
        draft = Draft(type=type, body={"stem": "题", **body}, answer=answer, **more)
        content, found = written([draft])
        assert draft_of(content) == draft
        return [str(loss.reason) for loss in found]

    options = {"options": [{"id": "o1", "text": "甲"}, {"id": "o2", "text": "乙"}]}
    blanks = {"blanks": [{"id": "b1", "label": "一"}, {"id": "b2", "label": "二", "unit": "米"}]}
    keys = {"b1": {"accepted": ["*x"], "partial": [{"text": "y", "share": "0.25"}]}, "b2": {"value": "1.5"}}
    gaps = {"text": "[[g1]]{[[g2]]}", "gaps": [{"id": "g1"}, {"id": "g2"}]}
    accepted = {"g1": {"accepted": ["=%~#}{\\"]}, "g2": {"accepted": ["%乙"], "case": True}}
    assert losses("multiple", options, {"rule": "all_or_nothing", "correct": ["o1", "o2"]}) == [
        "For some of the right options Moodle gives a part of the marks; our rule gives none."
    ]
    assert losses(
        "multiple", options, {"rule": "weighted", "correct": ["o1"], "weights": {"o1": "0.5", "o2": -1}}
    ) == ["The right options together earn less than full marks in Moodle."]
    assert losses("multiple", options, {"rule": "weighted", "correct": ["o1", "o2"]}) == []
    assert losses("fill_in", blanks, {"rule": "all_blanks", "blanks": keys}) == [
        "Moodle gives each blank its part of the marks; our rule wants all of them."
    ]
    assert losses("fill_in", blanks, {"rule": "per_blank", "blanks": keys}, points=Decimal(6)) == []
    assert losses("fill_in", blanks, {"rule": "per_blank", "blanks": keys}, points=Decimal(3)) == [
        "Moodle knows whole marks for each gap only: the question earns 2."
    ]
    assert losses("cloze", gaps, {"rule": "all_gaps", "gaps": accepted}) == [
        "Moodle gives each gap its part of the marks; our rule wants all of them."
    ]
    assert losses("ordering", options, {"rule": "adjacent_pair", "orders": [["o1", "o2"], ["o2", "o1"]]}) == [
        "Moodle accepts the first of the orders only.",
        "Moodle does not know two thirds for one pair of neighbours swapped.",
    ]
    criteria = [{"id": "c1", "text": "要点", "max": "2.5", "part": "p1"}]
    assert losses(
        "case_analysis",
        {"parts": [{"id": "p1", "label": "（1）", "max_chars": 200}]},
        {"rule": "rubric", "criteria": criteria, "penalty": "错字", "sample": "范文"},
    ) == ["Moodle does not limit the number of characters of an answer."]


def test_letters_with_a_meaning_in_gaps_are_written_as_moodle_decodes_them() -> None:
    draft = Draft(
        type="cloze",
        body={
            "stem": "{1:SA:=不是空}",
            "text": "甲[[g1]]乙[[g2]]",
            "gaps": [
                {"id": "g1"},
                {"id": "g2", "options": [{"id": "o1", "text": "<&>"}, {"id": "o2", "text": "=~"}]},
            ],
        },
        answer={"rule": "per_gap", "gaps": {"g1": {"accepted": ["%a~b}#\\", "c&"]}, "g2": {"correct": "o2"}}},
        points=Decimal(4),
    )
    content, losses = written([draft])
    assert losses == []
    assert etree.fromstring(content).findtext("question/questiontext/text") == (
        "&#123;1:SA:=不是空&#125;<br>甲{2:SHORTANSWER:=&#37;a&#126;b&#125;&#35;&#92;~=c&#38;}"
        "乙{2:MULTICHOICE:&#38;lt;&#38;amp;&#38;gt;~=&#61;&#126;}"
    )
    assert draft_of(without_own(content)) == replace(draft, name="{1:SA:=不是空}")


def test_the_rubric_is_there_for_moodles_marker() -> None:
    draft = Draft(
        type="case_analysis",
        body={"stem": "题", "parts": [{"id": "p1", "label": "（1）"}]},
        answer={
            "rule": "rubric",
            "criteria": [{"id": "c1", "text": "要点", "max": "2.5", "part": "p1"}],
            "penalty": "错字",
            "sample": "范文",
        },
    )
    one = etree.fromstring(written([draft])[0]).find("question")
    assert one is not None
    assert (one.get("type"), one.findtext("defaultgrade")) == ("essay", "2.5")
    assert one.findtext("graderinfo/text") == (
        "<p>评分标准</p><ul><li>（1）要点（2.5 分）</li></ul><p>扣分：错字</p><p>参考答案：范文</p>"
    )
    assert one.findtext("responsetemplate/text") == "<p>（1）</p>"


def test_a_number_with_a_unit_is_a_numerical_question() -> None:
    draft = Draft(
        type="fill_in",
        body={"stem": "题", "blanks": [{"id": "b1", "label": "长", "unit": "米"}]},
        answer={"rule": "per_blank", "blanks": {"b1": {"value": "1.5", "tolerance": "0.1"}}},
    )
    content, losses = written([draft])
    assert (draft_of(content), losses) == (draft, [])
    one = draft_of(without_own(content))
    assert (one.body["stem"], one.answer) == ("题\n长 _____", draft.answer)
    assert one.body["blanks"] == [{"id": "b1", "label": "答案", "unit": "米"}]


def test_what_cannot_be_written_is_told_and_the_rest_is_written() -> None:
    long = replace(EXACT, explanation="长" * 1_500_000)
    broken = replace(EXACT, body={"stem": ""})
    odd = replace(
        EXACT,
        name="a\x0bb\r",
        extra={"source": "\x00\ud800"},
        body=EXACT.body | {"media": [{"file": "big.png", "alt": "大"}]},
        files={"big.png": bytes(8 * 2**20)},
    )
    content, losses = written(
        [replace(EXACT, type="adaptive"), long, broken, odd, replace(EXACT, category=())]
    )
    assert [(str(loss.reason), loss.whole) for loss in losses if "Moodle" not in str(loss.reason)] == [
        ("A value is needed here.", True),
        ("The file big.png was left out: it is larger than 5 MB.", False),
        ("Characters that XML has no place for were left out.", False),
    ]
    assert [str(loss.reason) for loss in losses if loss.whole] == [
        "The question type adaptive has no place in Moodle XML.",
        "The question is too long for Moodle XML.",
        "A value is needed here.",
    ]
    assert [each.draft for each in read(content)] == [bare(odd), replace(EXACT, category=())]
    names = [each.text for each in etree.fromstring(content).findall("question/name/text")]
    assert names == ["ab\r", "多选题"]


def test_many_questions_pass_one_by_one() -> None:
    drafts = (bare(replace(EXACT, name=str(n))) for n in range(300))
    content, _losses = written(drafts)
    assert [each.draft.name for each in MOODLE.read(BytesIO(content)) if each.draft] == [
        str(n) for n in range(300)
    ]


EVERY = ["picture", "pdf", "document", "sheet", "archive"]
UPLOAD = (
    "<responseformat>noinline</responseformat><attachments>{}</attachments><filetypeslist>{}</filetypeslist>"
    "<maxbytes>{}</maxbytes>"
)


@pytest.mark.parametrize(
    ("attachments", "types", "most", "body", "warnings"),
    [
        ("1", ".pdf,.docx", "0", {"kinds": ["pdf", "document"]}, []),
        ("3", "", "2097152", {"kinds": EVERY, "most_files": 3, "most_mb": 2}, []),
        ("-1", "web_image; spreadsheet", "", {"kinds": ["picture", "sheet"], "most_files": 10}, []),
        (
            "1",
            "archive .mp4",
            "",
            {"kinds": ["archive"]},
            ["Files of these types cannot be handed in here: .mp4."],
        ),
    ],
)
def test_an_essay_without_a_text_box_is_a_file_to_hand_in(
    attachments: str, types: str, most: str, body: dict[str, Any], warnings: list[str]
) -> None:
    one = only(quiz(question("essay", UPLOAD.format(attachments, types, most))))
    assert one.draft is not None
    assert (one.draft.type, one.draft.body, told(one)) == ("file_upload", {"stem": "题干", **body}, warnings)


def test_files_to_hand_in_are_an_essay_without_a_text_box() -> None:
    draft = Draft(
        type="file_upload",
        body={"stem": "交图", "kinds": ["picture", "pdf"]},
        answer={"rule": "rubric", "criteria": [{"id": "c1", "text": "清楚", "max": 4}]},
    )
    content, losses = written([draft])
    assert (draft_of(content), losses) == (draft, [])
    one = etree.fromstring(content).find("question")
    assert one is not None
    tags = (
        "responseformat",
        "attachments",
        "attachmentsrequired",
        "filetypeslist",
        "maxbytes",
        "defaultgrade",
    )
    assert [one.findtext(tag) for tag in tags] == [
        "noinline",
        "1",
        "1",
        ".jpg,.jpeg,.png,.webp,.gif,.pdf",
        "10485760",
        "4",
    ]


def test_areas_of_a_picture_are_an_essay_under_it_for_others_and_whole_for_us() -> None:
    spots = [{"id": f"s{n}", "shape": "circle", "coords": [50 * n, 50, 20]} for n in (1, 2)]
    image = {"file": "a.png", "alt": "楼道", "width": 200, "height": 100}
    draft = Draft(
        type="hotspot",
        body={"stem": "指出隐患", "image": image, "spots": spots},
        answer={"rule": "per_spot", "correct": ["s2"]},
        points=Decimal(2),
        files={"a.png": PIXEL},
    )
    content, losses = written([draft])
    assert draft_of(content) == draft
    assert [(str(loss.reason), loss.whole) for loss in losses] == [
        ("Moodle shows the picture with an essay: no areas of it can be chosen there.", False)
    ]
    other = draft_of(without_own(content))
    assert (other.type, other.body) == (
        "short_answer",
        {"stem": "指出隐患", "media": [{"file": "a.png", "alt": "楼道"}]},
    )
    (loss,) = written([replace(draft, files={})])[1]
    assert (str(loss.reason), loss.whole) == ("The picture it asks about is missing, or too large.", True)


@pytest.mark.parametrize(("size", "lost"), [(7 * 2**20, []), (7 * 2**20 + 1, [7])])
def test_a_sound_may_be_larger_than_a_picture(size: int, lost: list[int]) -> None:
    media = [{"file": "a.mp3", "alt": "铃声"}]
    draft = replace(bare(EXACT), body={**bare(EXACT).body, "media": media}, files={"a.mp3": bytes(size)})
    content, losses = written([draft])
    sizes = [loss.reason.params["most"] for loss in losses if "name" in loss.reason.params]
    assert sizes == lost
    assert draft_of(content) == (bare(EXACT) if lost else draft)
