from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.engine.conditions import AllOf, AnyOf, Compare, HasFlag, Not, decisive
from simulations.engine.grammar import MAX_DEPTH, ConditionError, Names, parse_condition
from simulations.engine.scenario import Scenario
from simulations.engine.wording import describe

NAMES = Names(slots={"trust": 0, "days": 1}, bits={"leak": 1, "light": 2})
LEAK, LIGHT = HasFlag("leak", 1), HasFlag("light", 2)


def holds(text: str, trust: float = 0, days: float = 0, flags: int = 0) -> bool:
    return parse_condition(text, NAMES).holds([round(trust * 100), round(days * 100)], flags)


def test_condition_binds_not_before_and_before_or() -> None:
    tree = parse_condition("leak or not light and trust<=8.5", NAMES).tree
    assert tree == AnyOf((LEAK, AllOf((Not(LIGHT), Compare("trust", 0, "<=", "8.5", 850)))))


def test_condition_parentheses_override_binding() -> None:
    assert parse_condition("not (leak or light)", NAMES).tree == Not(AnyOf((LEAK, LIGHT)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("trust<8", [True, False, False]),
        ("trust<=8", [True, True, False]),
        ("trust==8", [False, True, False]),
        ("trust>=8", [False, True, True]),
        ("trust > 8", [False, False, True]),
    ],
)
def test_comparison_holds_around_its_bound(text: str, expected: list[bool]) -> None:
    assert [holds(text, trust=value) for value in (7.99, 8, 8.01)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("days<-5", True), ("days >= -10.001", True), ("True", True), ("False", False), ("not not leak", False)],
)
def test_condition_reads_negative_and_fine_numbers_and_constants(text: str, expected: bool) -> None:
    assert holds(text, days=-10) is expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("trsut<8", "unknown name 'trsut'"),
        ("trust", "'trust' is a variable: compare it with a number"),
        ("leak>3", "'leak' is a flag: it cannot be compared with a number"),
        ("trust<", "the condition ends where a number is expected"),
        ("trust<days", "position 7: a number is expected, not 'days'"),
        ("(leak", "the condition ends where a closing bracket is expected"),
        ("leak)", "position 5: and, or, a closing bracket or the end is expected, not ')'"),
        ("leak light", "position 6: and, or, a closing bracket or the end is expected, not 'light'"),
        ("and leak", "position 1: a variable or a flag is expected, not 'and'"),
        ("1 < trust < 5", "position 1: a variable or a flag is expected, not '1'"),
        ("trust = 5", "unexpected character = at position 7"),
        ("  ", "the condition is empty"),
        ("leak\x00", "unexpected character \x00 at position 5"),
    ],
)
def test_faulty_condition_says_what_and_where(text: str, reason: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse_condition(text, NAMES)
    assert str(caught.value) == reason


INJECTIONS = [
    "__class__",
    "().__class__",
    "().__class__.__bases__[0].__subclasses__()",
    "import os",
    "__import__('os').system('id')",
    "lambda: True",
    "(lambda: True)()",
    "leak if leak else light",
    "trust.__class__",
    "trust<8 and open('/etc/passwd')",
    "exec('1')",
    "[x for x in ()]",
    "f'{trust}'",
    "leak := True",
    "leak;light",
    "leak\nimport os",
    "trust<1e999",
    "trust<0x10",
    "trust<nan",
    "leak # comment",
    "globals()",
    "{}",
    "@leak",
    "𝐥𝐞𝐚𝐤",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_condition_refuses_program_text(text: str) -> None:
    with pytest.raises(ConditionError):
        parse_condition(text, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1_000_000,
        "not " * 1_000_000,
        "leak or " * 1_000_000,
        "a" * 10_000_000,
        "trust<" + "9" * 10_000_000,
        "(" * 900 + "leak" + ")" * 900,
        "not " * 400 + "leak",
        " " * 10_000_000,
        "trust<0." + "0" * 1_900,
    ],
    ids=lambda text: f"{text[:8]} {len(text)}",
)
def test_condition_refuses_long_and_deep_text_within_a_second(text: str) -> None:
    begun = process_time()
    with pytest.raises(ConditionError):
        parse_condition(text, NAMES)
    assert process_time() - begun < 1


def test_condition_takes_brackets_up_to_the_limit() -> None:
    assert holds("(" * MAX_DEPTH + "leak" + ")" * MAX_DEPTH, flags=1)


@given(st.text(max_size=60) | st.text(alphabet="()<>=. notadrlekus0189-_'\"", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        condition = parse_condition(text, NAMES)
    except ConditionError:
        return
    assert condition.holds([0, 0], 0) in (True, False)


def _texts() -> st.SearchStrategy[str]:
    leaf = st.sampled_from(["leak", "light", "trust<40", "days>=10", "trust==50", "True"])
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            inner.map(lambda text: f"not {text}"),
        ),
        max_leaves=8,
    )


@given(_texts(), st.integers(0, 100), st.integers(-20, 40), st.integers(0, 3))
def test_condition_agrees_with_the_same_words_in_python(text: str, trust: int, days: int, flags: int) -> None:
    scope = {"trust": trust, "days": days, "leak": bool(flags & 1), "light": bool(flags & 2)}
    assert holds(text, trust, days, flags) == bool(eval(text, {}, scope))  # noqa: S307 - our own text


@given(_texts(), st.integers(0, 100), st.integers(-20, 40), st.integers(0, 3))
def test_decisive_parts_alone_fix_the_verdict(text: str, trust: int, days: int, flags: int) -> None:
    condition = parse_condition(text, NAMES)
    verdict = condition.holds([trust * 100, days * 100], flags)
    fixed = {
        reason.tree.flag
        for reason in decisive(condition.tree, [trust * 100, days * 100], flags)
        if isinstance(reason.tree, HasFlag)
    }
    free = sum(bit for flag, bit in NAMES.bits.items() if flag not in fixed)
    assert condition.holds([trust * 100, days * 100], flags ^ free) == verdict


def test_decisive_names_only_what_mattered() -> None:
    tree = parse_condition("leak or light or trust<45", NAMES).tree
    reasons = decisive(tree, [5000, 0], 2)
    assert [(reason.tree, reason.held) for reason in reasons] == [(LIGHT, True)]


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("trust<=8 and not survey", "居民信任 ≤ 8 且 无「已逐户入户建档」"),
        (
            "data or secret or vendor or trust<45",
            "「个人信息外泄」 或 「私下承诺补偿」 或 「签字外包给电梯公司」 或 居民信任 < 45",
        ),
        (
            "leak and (fire or not (pipe or light))",
            "「已听到一楼排水旧账」 且 （「违建车棚仍堵消防通道」 或 非（「已做管线物探」 或 「已做日照/噪声分析」））",
        ),
        ("budget>=2.5", "工作经费 ≥ 2.5"),
        ("True", "总是"),
    ],
)
def test_condition_reads_in_chinese(s1: Scenario, text: str, chinese: str) -> None:
    assert describe(_parse(s1, text), s1) == chinese


def test_condition_at_play_keeps_hidden_variables_hidden(s1: Scenario) -> None:
    assert (
        describe(_parse(s1, "low<60 and leak"), s1, reveal=False)
        == "一项还看不见的条件 且 「已听到一楼排水旧账」"
    )


def _parse(scenario: Scenario, text: str):  # type: ignore[no-untyped-def]
    slots = {variable.key: variable.slot for variable in scenario.variables.values()}
    bits = {flag.key: flag.bit for flag in scenario.flags.values()}
    return parse_condition(text, Names(slots=slots, bits=bits)).tree
