import json
from time import process_time
from typing import Any

import pytest

from simulations.engine.document import ScenarioInvalid, content_hash, parse, parse_text
from simulations.engine.scenario import Scenario

Document = dict[str, Any]


def errors_of(document: object) -> tuple[str, ...]:
    with pytest.raises(ScenarioInvalid) as caught:
        parse(document)
    return caught.value.errors


def put(document: Document, address: str, value: object) -> Document:
    """Set one value of a document: `nodes.0.choices.1.cond`. A value of ... takes the entry away."""
    *way, last = [int(part) if part.isdigit() else part for part in address.split(".")]
    target: Any = document
    for part in way:
        target = target[part]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return document


def test_s1_is_read_whole(s1: Scenario) -> None:
    assert (s1.id, s1.title, s1.start, s1.marks.view) == ("S1", "老楼新梯", "N01", "A")
    assert len(s1.nodes) == 18
    assert sum(len(node.choices) for node in s1.nodes.values()) == 66
    assert list(s1.endings) == ["E5", "E6", "E1", "E4", "E2", "E3", "E7"]
    assert s1.leaves == ("LAW", "SWK", "DIG", "EMP")
    assert s1.views["B"].axes == (
        ("政策解读", ("LAW",)),
        ("数字技术", ("DIG",)),
        ("社会工作", ("SWK", "EMP")),
    )
    assert (len(s1.flags), len(s1.stakeholders)) == (18, 10)


def test_small_document_is_valid(document: Document) -> None:
    assert parse(document).title == "小情景"


@pytest.mark.parametrize(
    ("address", "value", "error"),
    [
        ("id", ..., "id: missing"),
        ("title", 7, "title: must be text"),
        ("title", "名\x00", "title: contains a control character"),
        ("vars.sat.init", 101, "vars.sat: lo ≤ init ≤ hi does not hold"),
        ("vars.sat.lo", 200, "vars.sat: lo ≤ init ≤ hi does not hold"),
        ("vars.sat.hi", "100", "vars.sat.hi: must be a number"),
        ("vars.sat.init", True, "vars.sat.init: must be a number"),
        ("vars.budget.init", 2.555, "vars.budget.init: must have at most two decimals"),
        ("vars.days.hi", 1e12, "vars.days.hi: must be between -1e+06 and 1e+06"),
        ("vars.sat.vis", "yes", "vars.sat.vis: must be true or false"),
        ("vars.trust", ..., "vars.trust: needed for scoring"),
        ("vars.END", {"name": "x", "init": 0, "lo": 0, "hi": 1}, "vars.END: the name 'END' is already used"),
        (
            "vars.__class__",
            {},
            "vars.__class__: must be a short name of Latin letters, digits and underscores",
        ),
        ("flags.days", "重名", "flags.days: the name 'days' is already used"),
        ("flags.not", "重名", "flags.not: the name 'not' is already used"),
        ("dims.xx", "未知", "dims.xx: does not stand for a leaf competency"),
        ("dims.LAW", "再来", "dims.LAW: the name LAW is already used"),
        ("views.A_三轴.专业", ["zc", "xx"], "views.A_三轴.专业[1]: unknown dimension 'xx'"),
        ("views.A_三轴.专业", [], "views.A_三轴.专业: must not be empty"),
        ("views", {"C_另": {"轴": ["zc"]}}, "scoring.view: unknown view 'A'"),
        ("global_end.0.cond", "dais<0", "global_end[0].cond: unknown name 'dais'; perhaps days?"),
        ("global_end.0.cond", None, "global_end[0].cond: missing"),
        ("global_end.0.end", "E9", "global_end[0].end: unknown ending 'E9'"),
        ("nodes", {}, "nodes: must be a list"),
        ("nodes.1", 5, "nodes[1]: must be an object"),
        ("nodes.1.id", "N01", "nodes[1].id: the name 'N01' is already used"),
        ("nodes.1.id", "N 2", "nodes[1].id: must be a short name of Latin letters, digits and underscores"),
        ("nodes.0.next", "N99", "nodes[0].next: unknown node or ending 'N99'"),
        ("nodes.0.next", None, "nodes[0].next: no route is left when no condition holds"),
        (
            "nodes.0.next",
            [{"cond": "done", "to": "N02"}],
            "nodes[0].next: no route is left when no condition holds",
        ),
        ("nodes.0.next", [{"cond": None, "to": "N9"}], "nodes[0].next[0].to: unknown node or ending 'N9'"),
        ("nodes.0.enter", [{"var": "sat"}], "nodes[0].enter[0].add: missing"),
        ("nodes.0.choices.1.id", "a", "nodes[0].choices[a].id: the name 'a' is already used"),
        ("nodes.0.choices.1.text", "", "nodes[0].choices[b].text: must not be empty"),
        (
            "nodes.0.choices.1.cond",
            "trsut<8",
            "nodes[0].choices[b].cond: unknown name 'trsut'; perhaps trust?",
        ),
        ("nodes.0.choices.1.cond", 5, "nodes[0].choices[b].cond: must be text"),
        (
            "nodes.0.choices.1.effects.0.cond",
            "trsut",
            "nodes[0].choices[b].effects[0].cond: unknown name 'trsut'; perhaps trust?",
        ),
        (
            "nodes.0.choices.1.effects.0.var",
            "mood",
            "nodes[0].choices[b].effects[0].var: unknown variable 'mood'",
        ),
        ("nodes.0.choices.1.effects.0.add", "-3", "nodes[0].choices[b].effects[0].add: must be a number"),
        (
            "nodes.0.choices.1.effects.0.add",
            float("inf"),
            "not readable as JSON: Out of range float values are not JSON compliant",
        ),
        ("nodes.0.choices.1.effects.0.con", "done", "nodes[0].choices[b].effects[0].con: unknown key"),
        ("nodes.0.choices.1.score.zc", 4, "nodes[0].choices[b].score.zc: must be between 0 and 3"),
        ("nodes.0.choices.1.score.zc", 1.5, "nodes[0].choices[b].score.zc: must be a whole number"),
        ("nodes.0.choices.1.score.xx", 1, "nodes[0].choices[b].score.xx: unknown key"),
        ("nodes.0.choices.1.set", ["dnoe"], "nodes[0].choices[b].set[0]: unknown flag 'dnoe'"),
        ("nodes.0.choices.1.clear", "done", "nodes[0].choices[b].clear: must be a list"),
        ("nodes.0.choices.1.next", "E9", "nodes[0].choices[b].next: unknown node or ending 'E9'"),
        ("nodes.1.choices", [], "nodes[1].choices: missing"),
        (
            "endings.1.cond",
            "days>0",
            "endings: END is used, but no ending has the condition True for when no other holds",
        ),
        ("endings.1.id", "N01", "endings[1].id: the name 'N01' is already used"),
        ("endings.1.factor", 1.2, "endings[1].factor: must be between 0 and 1"),
        ("endings.0.cap", 101, "endings[0].cap: must be between 0 and 100"),
        ("endings.0.debrief", None, "endings[0].debrief: missing"),
        ("scoring", {"fail_endings": ["E9"]}, "scoring.fail_endings[0]: unknown ending 'E9'"),
        ("scoring", {"e3_requires_any": ["x"]}, "scoring.e3_requires_any[0]: unknown flag 'x'"),
        ("scoring", {"base": "comp"}, "scoring.base: only the formula 0.6*comp+0.4*time is supported"),
        ("early_until", "N77", "early_until: unknown node 'N77'"),
    ],
)
def test_fault_is_named_at_its_exact_place(
    document: Document, address: str, value: object, error: str
) -> None:
    assert error in errors_of(put(document, address, value))


def test_every_fault_is_named_at_once(document: Document) -> None:
    put(document, "title", ...)
    put(document, "nodes.0.choices.2.cond", "dnoe")
    put(document, "nodes.1.choices.0.next", "N9")
    assert errors_of(document) == (
        "title: missing",
        "nodes[0].choices[c].cond: unknown name 'dnoe'; perhaps done?",
        "nodes[1].choices[a].next: unknown node or ending 'N9'",
    )


def test_steps_that_read_alike_in_a_path_are_refused(document: Document) -> None:
    put(document, "nodes.0.id", "N0")
    put(document, "nodes.0.choices.3", document["nodes"][0]["choices"][3] | {"id": "x1a", "next": "N0"})
    put(document, "nodes.1.id", "N0x1")
    put(document, "nodes.0.next", "N0x1")
    assert errors_of(document) == ("nodes[1].id: in a written path 'N0x1a' could mean two choices",)


@pytest.mark.parametrize("value", [None, 5, "S1", [], [[]]])
def test_what_is_no_object_is_no_document(value: object) -> None:
    assert errors_of(value) == ("must be an object",)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "line 1, column 1: a value is expected"),
        ('{"id": 1, "id": 2}', "the key id appears twice"),
        ("[" * 100_000, "nested too deeply"),
        ('{"vars":' * 50_000, "nested too deeply"),
        (" " * 2_000_001, "longer than 2000000 characters"),
    ],
)
def test_text_that_is_no_document_is_refused(text: str, error: str) -> None:
    with pytest.raises(ScenarioInvalid) as caught:
        parse_text(text)
    assert caught.value.errors == (error,)


def test_number_of_a_million_digits_is_refused() -> None:
    with pytest.raises(ScenarioInvalid):
        parse_text('{"id": ' + "9" * 1_000_000 + "}")


def test_hostile_document_is_refused_within_a_second(document: Document) -> None:
    deep: Any = "x"
    for _ in range(50_000):
        deep = [deep]
    begun = process_time()
    assert errors_of(put(document, "notes", deep)) == ("nested too deeply",)
    assert errors_of({"vars": {str(number): {} for number in range(100_000)}})
    assert errors_of({"nodes": [{"choices": [{}] * 400}] * 400})
    assert process_time() - begun < 5


def test_hash_ignores_key_order_and_notices_content(document: Document) -> None:
    turned = dict(reversed(list(document.items())))
    assert content_hash(turned) == content_hash(document) == parse(document).content_hash
    assert content_hash(put(document, "title", "另一个")) != content_hash(turned)


def test_text_and_values_give_the_same_scenario(s1: Scenario, s1_document: Document) -> None:
    text = "\ufeff" + json.dumps(s1_document, ensure_ascii=False, indent=1)
    assert parse_text(text).content_hash == s1.content_hash


def test_comparison_that_never_holds_is_a_problem_only_for_whoever_writes_it(document: Any) -> None:
    document["nodes"][0]["choices"][0]["cond"] = "trust>100"
    with pytest.raises(ScenarioInvalid) as invalid:
        parse(document)
    assert invalid.value.errors == ("nodes[0].choices[a].cond: never holds: 'trust' goes from 0 to 100",)
    assert parse(document, tolerant=True).nodes["N01"].by_id["a"].condition is not None
