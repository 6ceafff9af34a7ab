"""Scenarios that go out as files: JSON that comes in again as the same document, and the template of a table."""

from __future__ import annotations

import json

from simulations.engine.worddocument import table_file
from simulations.models import ScenarioDraft

EXAMPLE_HEADING = (
    "推演情景表：左格写这一行是什么，右格写内容。",
    "左格可用：推演、节点、标题、阶段、情境、选项、反馈、去向、结局、点评。节点与结局可以先写编号，如 N01、E1。",
    "“反馈”“去向”跟着上面的选项；写在第一个选项之前的“去向”算整个节点的。去向写节点或结局的编号或标题，或写“结束”。",
    "选项不写去向，就接着走下一个节点。数值变化、得分和条件导入以后在后台填写。",
)
EXAMPLE = (
    ("推演", "楼道里的电动车"),
    ("节点", "N01 一楼的充电线"),
    ("阶段", "发现"),
    (
        "情境",
        "夜里九点，二单元一楼拉出一根充电线，三辆电动车停在楼道口。物业说管不了，住户说小区没有充电桩。",
    ),
    ("选项", "先拔线，再贴通知"),
    ("反馈", "线拔了，第二天又接上，住户在群里骂物业。"),
    ("选项", "敲开这户的门，问清为什么在这里充"),
    ("反馈", "原来他送外卖，充电桩的位置常被占。"),
    ("去向", "N03"),
    ("节点", "N02 群里吵起来了"),
    ("阶段", "协商"),
    ("情境", "楼栋群里两边各说各话，有人要求“见一辆拖一辆”。"),
    ("选项", "约物业和三户骑手当面谈充电位"),
    ("反馈", "谈出了两个备选点位。"),
    ("选项", "请消防来查一次，吓一吓"),
    ("反馈", "查过以后，车停到了更隐蔽的地下室。"),
    ("去向", "E2"),
    ("节点", "N03 充电桩装在哪"),
    ("阶段", "落地"),
    ("情境", "物业愿意出地，电费怎么算还没定。"),
    ("选项", "按度公示电费，先试一个月"),
    ("反馈", "试用期里没有一户再往楼道拉线。"),
    ("去向", "E1"),
    ("选项", "先装了再说"),
    ("反馈", "装好了，电费的账却对不上。"),
    ("去向", "结束"),
    ("结局", "E1 楼道通了"),
    ("点评", "先问清需要，再给出路，规矩才立得住。"),
    ("结局", "E2 换个地方再停"),
    ("点评", "只堵不疏，隐患换了地方。"),
)
"""Also what the guide shows: a story of three situations and two endings."""


def export_text(draft: ScenarioDraft) -> str:
    """The document of a draft as a file, keys in the author's order, a line for every value."""
    return json.dumps(json.loads(draft.document), ensure_ascii=False, indent=1) + "\n"


def table_template() -> bytes:
    """A Word file that `import_table` reads, which explains itself."""
    return table_file(EXAMPLE_HEADING, EXAMPLE)
