"""One question of each type, to be downloaded as a template: how a file looks that we can read.

They are true, but nobody's exam: they never are in the bank of their own accord.
"""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

from assessments.formats import FORMATS, Draft

TRUE_FALSE = [{"id": "true", "text": "正确"}, {"id": "false", "text": "错误"}]
TEMPLATES = {"xlsx": "题目模板.xlsx", "docx": "试卷样例.docx", "text_zh": "试卷样例.txt"}
"""The formats that have one, and what the file is called."""


def _options(*texts: str) -> list[dict[str, str]]:
    return [{"id": f"o{number}", "text": text} for number, text in enumerate(texts, start=1)]


# type, stem and what else the body has, answer, explanation, points
SAYS: tuple[tuple[str, dict[str, Any], dict[str, Any], str, int], ...] = (
    (
        "single",
        {
            "stem": "居民会议由谁召集？",
            "options": _options("街道办事处", "居民委员会", "业主委员会", "物业服务企业"),
        },
        {"rule": "exact", "correct": "o2"},
        "《城市居民委员会组织法》第十条：居民会议由居民委员会召集和主持。",
        1,
    ),
    (
        "multiple",
        {
            "stem": "入户走访独居老人时，下列做法中恰当的有：",
            "options": _options(
                "事先约好时间", "出示工作证件", "当众询问家庭收入", "离开前说明下次联系的办法", "代为保管存折"
            ),
        },
        {"rule": "social_worker_exam", "correct": ["o1", "o2", "o4"]},
        "收入属于个人隐私，存折不应代管。",
        2,
    ),
    (
        "true_false",
        {"stem": "居民的来访事由可以发在居民微信群里征求意见。", "options": TRUE_FALSE},
        {"rule": "exact", "correct": "false"},
        "来访事由属于个人信息。",
        1,
    ),
    (
        "fill_in",
        {
            "stem": "社区工作中常说的“四下基层”之一，是信访____下基层。",
            "blanks": [{"id": "b1", "label": "答案"}],
        },
        {"rule": "per_blank", "blanks": {"b1": {"accepted": ["接待"]}}},
        "信访接待下基层。",
        1,
    ),
    (
        "cloze",
        {
            "stem": "把接待居民的步骤补充完整。",
            "text": "先[[g1]]，再[[g2]]，最后约定回复时间。",
            "gaps": [{"id": "g1"}, {"id": "g2", "options": _options("记录", "评论", "打断")}],
        },
        {"rule": "per_gap", "gaps": {"g1": {"accepted": ["倾听"]}, "g2": {"correct": "o1"}}},
        "",
        2,
    ),
    (
        "matching",
        {
            "stem": "把事项和办理的地方连起来。",
            "left": [{"id": "l1", "text": "补办身份证"}, {"id": "l2", "text": "申请最低生活保障"}],
            "right": [
                {"id": "r1", "text": "街道办事处"},
                {"id": "r2", "text": "派出所"},
                {"id": "r3", "text": "业主委员会"},
            ],
        },
        {"rule": "per_pair", "pairs": {"l1": "r2", "l2": "r1"}},
        "",
        2,
    ),
    (
        "ordering",
        {
            "stem": "楼道起火，把发现者该做的事按先后排好。",
            "options": _options("拨打 119", "大声示警", "沿楼梯撤离", "到楼外清点人数"),
        },
        {"rule": "adjacent_pair", "orders": [["o2", "o1", "o3", "o4"]]},
        "",
        2,
    ),
    (
        "short_answer",
        {"stem": "有居民投诉楼上漏水，你打算怎样调解？"},
        {
            "rule": "rubric",
            "criteria": [
                {"id": "c1", "text": "先上门查看，分别听取双方的说法", "max": 4},
                {"id": "c2", "text": "提出双方都能接受的维修和分摊办法", "max": 4},
                {"id": "c3", "text": "约定回访", "max": 2},
            ],
        },
        "",
        10,
    ),
    (
        "case_analysis",
        {
            "stem": "王奶奶独居，近来常忘记关火。邻居担心出事，家属在外地。社区工作者小李接到反映。",
            "parts": [{"id": "p1", "label": "（1）"}, {"id": "p2", "label": "（2）"}],
        },
        {
            "rule": "rubric",
            "criteria": [
                {"id": "c1", "text": "指出主要风险和王奶奶的需要", "max": 6, "part": "p1"},
                {"id": "c2", "text": "写出分步的帮扶计划", "max": 9, "part": "p2"},
            ],
        },
        "",
        15,
    ),
    (
        "file_upload",
        {"stem": "为所在小区拟一份防汛值班表，上传文件。", "kinds": ["document", "sheet"]},
        {
            "rule": "rubric",
            "criteria": [
                {"id": "c1", "text": "人员、时段和联系电话齐全", "max": 3},
                {"id": "c2", "text": "写明险情上报的顺序", "max": 2},
            ],
        },
        "",
        5,
    ),
)


def examples() -> list[Draft]:
    """One draft of each type that needs no picture."""
    return [
        Draft(
            type=type,
            body=body,
            answer=answer,
            explanation=explanation,
            points=Decimal(points),
            difficulty=3,
        )
        for type, body, answer, explanation, points in SAYS
    ]


def template_of(format: str) -> bytes:
    """The examples as a file of this format, by its own writer."""
    target = io.BytesIO()
    FORMATS[format].write(examples(), target)
    return target.getvalue()
