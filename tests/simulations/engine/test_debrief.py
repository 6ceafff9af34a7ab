from typing import Any

from simulations.engine.consequences import Consequence, Kind
from simulations.engine.debrief import Debrief, debrief, timeline
from simulations.engine.document import parse
from simulations.engine.paths import parse_path, walk
from simulations.engine.scenario import Scenario

Document = dict[str, Any]
GOLDEN = "N01b,N02b,N03c,N04c,N06a,N07c,N08b,N09c,N10d,N11c,N13b,N14d,N15c,N16b"
LEASE = "N01d,N02a,N03b,N04a,N05c,N06a,N07d,N08b,N09b,N10d,N11c,N12b,N13b,N14d,N15c,N16b"


def debrief_of(scenario: Scenario, path: str) -> Debrief:
    return debrief(scenario, walk(scenario, parse_path(path)))


def sentences(found: tuple[Consequence, ...], kind: Kind) -> list[str]:
    return [consequence.sentence for consequence in found if consequence.kind is kind]


def test_timeline_tells_every_step(s1: Scenario) -> None:
    told = debrief_of(s1, GOLDEN).timeline
    assert [entry.node + entry.choice for entry in told] == GOLDEN.split(",")
    first = told[0]
    assert (first.step, first.title, first.stage) == (1, "接题：一张倒计时表", "启动")
    assert first.chosen == "用十四天逐户入户，一户一档建“居民需求画像”"
    assert [(change.label, change.change) for change in first.changes] == [
        ("剩余天数", -14),
        ("工作经费", -0.5),
        ("居民信任", 8),
        ("居民满意度", 4),
        ("一二层接受度", 10),
        ("同意户数", 1),
    ]
    assert [change.label for change in first.changes if change.is_hidden] == ["一二层接受度"]
    assert (first.raised, first.lowered) == (("已逐户入户建档",), ())


def test_timeline_tells_what_entering_changed_and_why(s1: Scenario) -> None:
    entering = debrief_of(s1, GOLDEN).timeline[8].entering
    assert [(change.label, change.change, change.because) for change in entering] == [
        ("同意户数", 1, "一二层接受度 ≥ 60")
    ]


def test_timeline_adds_up_to_the_final_values(s1: Scenario) -> None:
    told = debrief_of(s1, LEASE)
    sums = {key: variable.outward(variable.init) for key, variable in s1.variables.items()}
    for entry in told.timeline:
        for change in (*entry.entering, *entry.changes):
            sums[change.variable] += change.change
        assert sums == entry.after
    assert sums == told.outcome.final


def test_timeline_tells_the_situation_at_which_a_stop_struck(s1: Scenario) -> None:
    told = debrief_of(s1, "N01b,N02a,N03c,N04c,N06a,N07c,N08b,N09c,N10c,N11c,N13d").timeline
    last = told[-1]
    assert (last.step, last.node, last.choice, last.chosen) == (12, "N14", "", "")
    assert [(change.label, change.change) for change in last.entering] == [("剩余天数", -60)]


def test_timeline_of_a_running_play_tells_the_steps_so_far(s1: Scenario) -> None:
    assert [entry.node for entry in timeline(s1, walk(s1, ["N01b", "N02b"]))] == ["N01", "N02"]


def test_timeline_tells_flags_that_were_cleared(s1: Scenario) -> None:
    told = timeline(s1, walk(s1, ["N01b", "N02c", "N02Bb"]))
    assert [(entry.raised, entry.lowered) for entry in told[1:]] == [
        (("曾上报超限拆除",), ()),
        ((), ("曾上报超限拆除",)),
    ]


def test_hidden_variable_is_revealed_step_by_step(s1: Scenario) -> None:
    hidden = debrief_of(s1, "N01b,N02d,N03d,N04c,N06d,N07c,N08d").hidden
    assert [(of.label, of.values) for of in hidden] == [("一二层接受度", (25, 35, 35, 41, 44, 40, 46, 46))]


def test_good_deeds_are_told_with_what_they_brought_and_spared(s1: Scenario) -> None:
    found = debrief_of(s1, GOLDEN).consequences
    assert sentences(found, Kind.EFFECT) == [
        "因为第3步（敲开101的门）带来了「已听到一楼排水旧账」，所以第7步一二层接受度 +15。",
        "因为一二层接受度 ≥ 60（第1步 +10、第3步 +15、第7步 +27），所以第9步同意户数 +1。",
        "因为第6步（专业评估做到哪一步）带来了「已做日照/噪声分析」，所以第11步避免了一二层接受度 −20。",
        "因为第8步（三十八万怎么分）带来了「书面分摊与补偿协议」，所以第11步避免了一二层接受度 −10。",
    ]
    assert sentences(found, Kind.ROUTE) == [
        "因为第6步（专业评估做到哪一步）带来了「已做管线物探」，所以第10步之后没有遇到“基坑出水”。"
    ]
    assert [(found_one.step, found_one.fired) for found_one in found if found_one.kind is Kind.CHOICE] == [
        (7, True)
    ]


def test_misdeeds_are_told_with_what_they_cost(s1: Scenario) -> None:
    found = debrief_of(s1, LEASE).consequences
    effects = sentences(found, Kind.EFFECT)
    assert (
        "因为第3步（敲开101的门）带来了「私下承诺补偿」，所以第13步居民信任 −12、居民满意度 −5。" in effects
    )
    assert (
        "因为第2步（“留改拆”边界怎么划）带来了「违建车棚仍堵消防通道」，所以第11步剩余天数 −25、合规度 −5。"
        in effects
    )
    assert (
        "因为第3步（敲开101的门）没有带来「已听到一楼排水旧账」，所以第8步没有得到一二层接受度 +15。"
        in effects
    )
    routes = sentences(found, Kind.ROUTE)
    assert (
        "因为第4步（一张表该怎么传）带来了「个人信息外泄」；第3步（敲开101的门）带来了「私下承诺补偿」；"
        "居民信任 < 45（第4步 −10），所以第4步之后走到了“短视频上了同城热榜”。" in routes
    )


def test_causes_precede_what_they_caused(s1: Scenario) -> None:
    for path in (GOLDEN, LEASE):
        for consequence in debrief_of(s1, path).consequences:
            steps = [cause.step for cause in consequence.causes if cause.step is not None]
            assert all(step <= consequence.step for step in steps)


def test_locked_choice_is_traced_to_the_step_that_passed_the_deed_up(s1: Scenario) -> None:
    found = debrief_of(s1, "N01b,N02d,N03c,N04c,N06a,N07b,N08d").consequences
    locked = [consequence for consequence in found if consequence.kind is Kind.CHOICE]
    assert [(one.step, one.fired, [cause.step for cause in one.causes]) for one in locked] == [
        (7, False, [6])
    ]


def test_barred_better_ending_is_explained(s1: Scenario) -> None:
    told = debrief_of(s1, LEASE)
    endings = [one for one in told.consequences if one.kind is Kind.ENDING]
    assert told.outcome.ending == "E4"
    barred = next(one for one in endings if not one.fired)
    assert barred.result == "没有走到结局“同心梯：建成、可管、能复制”"
    assert any("「“零元加梯”长约」" in cause.text for cause in barred.causes)


def test_stop_is_explained_by_the_choices_that_moved_the_variable(s1: Scenario) -> None:
    found = debrief_of(s1, "N01c,N02c,N02Ba,N03b").consequences
    assert sentences(found, Kind.ENDING) == [
        "因为合规度 ≤ 25（第2步 −18、第3步 −10、第4步 −12），所以走到了结局“程序崩塌：被叫停、被问责”。"
    ]


def test_early_ending_speaks_its_early_text(s1: Scenario) -> None:
    early = debrief_of(s1, "N01b,N02c,N02Ba,N03b,N04d")
    late = debrief_of(s1, "N01b,N02a,N03c,N04c,N06c,N07a,N08c,N09c,N10a")
    assert (early.outcome.ending, early.text) == ("E5", s1.endings["E5"].debrief_early)
    assert (late.outcome.ending, late.text) == ("E5", s1.endings["E5"].debrief)


def test_early_until_may_be_another_node(s1_document: Document) -> None:
    s1_document["early_until"] = "N03"
    scenario = parse(s1_document)
    assert debrief_of(scenario, "N01b,N02c,N02Ba,N03b,N04d").text == scenario.endings["E5"].debrief
