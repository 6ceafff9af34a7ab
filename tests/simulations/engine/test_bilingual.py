"""Conditions as Chinese and English write them."""

from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.engine.bilingual import Language, Names, names_of, read_condition, write_condition
from simulations.engine.conditions import AllOf, Always, AnyOf, Compare, HasFlag, Not, Tree
from simulations.engine.grammar import MAX_LENGTH, ConditionError, parse_condition
from tests.simulations.engine.conftest import S1_DOCUMENT
from tests.simulations.engine.test_conditions import INJECTIONS

S1 = names_of(S1_DOCUMENT)


def english(text: str, names: Names = S1) -> str:
    return read_condition(text, names).text


def chinese(text: str) -> str:
    return write_condition(read_condition(text, S1).tree, S1, "zh")


def refusal(text: str, names: Names = S1) -> str:
    with pytest.raises(ConditionError) as refused:
        read_condition(text, names)
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("信任 ≤ 8 且 未入户建档", "trust<=8 and not survey"),
        ("trust <= 8 and not survey", "trust<=8 and not survey"),
        ("居民信任≤８且没有「已逐户入户建档」", "trust<=8 and not survey"),
        ("工作经费（万元）不少于 2.5", "budget>=2.5"),
        ("工作经费 至少 2.5 并且 有公示走过场", "budget>=2.5 and badpub"),
        ("一二层接受度 小于或等于 59.99 或 已做管线物探", "low<=59.99 or pipe"),
        ("剩余天数 不等于 5", "not days==5"),
        ("剩余天数 ＝ −5", "days==-5"),
        ("非（私下承诺补偿 或者 data）和 leak", "not (secret or data) and leak"),
        ("未听到一楼排水旧账", "not leak"),
        ("没有 「light」", "not light"),
        ("已入户建档", "survey"),
        ("零元加梯", "lease"),
        ("总是", "True"),
        ("从不 或 not not 强行清场", "False or not not force"),
    ],
)
def test_condition_is_read_in_either_language(text: str, canonical: str) -> None:
    assert english(text) == canonical


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("trust<=8 and not survey", "居民信任 ≤ 8 且 无「已逐户入户建档」"),
        ("leak and (fire or not (pipe or light))", "「已听到一楼排水旧账」 且 "
         "（「违建车棚仍堵消防通道」 或 非（「已做管线物探」 或 「已做日照/噪声分析」））"),
        ("days!=5 or not agree>=9", "剩余天数 ≠ 5 或 非（同意户数 ≥ 9）"),
        ("not not force", "非 无「强行清场」"),
    ],
)  # fmt: skip
def test_condition_is_written_in_chinese(text: str, shown: str) -> None:
    assert chinese(text) == shown


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("信认<5", "unknown name '信认'"),
        ("居民信仼 < 5", "unknown name '居民信仼'; perhaps 居民信任?"),
        ("trsut<5", "unknown name 'trsut'; perhaps trust?"),
        ("居民 > 5", "'居民' could be any of these: 居民满意度, 居民信任"),
        ("信任", "'信任' is a variable: compare it with a number"),
        ("公示走过场 > 3", "'公示走过场' is a flag: it cannot be compared with a number"),
        ("信任 ≤", "the condition ends where a number is expected"),
        ("信任 ≤ 很低", "position 6: a number is expected, not '很低'"),
        ("信任 ≤ 8 且", "the condition ends where a variable or a flag is expected"),
        ("（survey", "the condition ends where a closing bracket is expected"),
        ("survey 吧", "position 8: and, or, a closing bracket or the end is expected, not '吧'"),
        ("且 survey", "position 1: a variable or a flag is expected, not '且'"),
        ("有", "the condition ends where a variable or a flag is expected"),
        ("有 非 survey", "position 3: a variable or a flag is expected, not '非'"),
        ("「没有的标志」", "unknown name '没有的标志'"),
        ("　", "the condition is empty"),
        ("信任 > 100", "never holds: '信任' goes from 0 to 100"),
        ("信任 = 120", "never holds: '信任' goes from 0 to 100"),
        ("信任 = 50.001", "never holds: '信任' goes from 0 to 100"),
    ],
)
def test_faulty_condition_says_what_was_expected_and_where(text: str, reason: str) -> None:
    assert refusal(text) == reason


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("trust<0", "never"), ("trust<0.01", ""), ("trust<100", ""), ("trust<100.5", ""),
        ("trust>=0", ""), ("trust>=100", ""), ("trust>100", "never"), ("trust<=0", ""),
        ("trust==0", ""), ("trust==100", ""), ("trust>=0.01", ""), ("trust<=99.99", ""),
    ],
)  # fmt: skip
def test_comparison_that_never_holds_is_refused_at_its_exact_bounds(text: str, verdict: str) -> None:
    if verdict:
        assert refusal(text).startswith(f"{verdict} holds")
    else:
        assert english(text) == text


@pytest.mark.parametrize("text", INJECTIONS)
def test_condition_refuses_program_text(text: str) -> None:
    names = names_of({"vars": {"trust": {"name": "信任"}}, "flags": {"leak": "泄", "light": "光"}})
    with pytest.raises(ConditionError):
        read_condition(text, names)


def document_named(variables: list[str], flags: list[str]) -> dict[str, Any]:
    return {
        "vars": {f"v{place}": {"name": name} for place, name in enumerate(variables)},
        "flags": {f"f{place}": name for place, name in enumerate(flags)},
    }


def test_names_that_hold_words_of_the_grammar_are_matched_whole() -> None:
    names = names_of(document_named(["或有风险且可控"], ["矛盾和解", "未成年人受伤", "无障碍坡道或电梯"]))
    text = "或有风险且可控 > 3 或 未成年人受伤 且 未矛盾和解 和 无障碍坡道或电梯"
    assert english(text, names) == "v0>3 or f1 and not f0 and f2"


def test_part_of_a_name_is_not_mistaken_for_its_negation() -> None:
    names = names_of(document_named([], ["伤及未成年人", "成年人在场"]))
    assert english("未成年人", names) == "f0"


def test_flag_and_variable_of_one_name_are_told_apart_by_what_follows() -> None:
    names = names_of(document_named(["投诉"], ["投诉"]))
    assert english("投诉 > 2 且 投诉", names) == "v0>2 and f0"


def test_same_name_twice_is_refused_and_written_by_key() -> None:
    names = names_of(document_named([], ["投诉", "投诉"]))
    assert refusal("投诉", names) == "'投诉' could be any of these: 投诉, 投诉"
    assert write_condition(HasFlag("f1", 2), names, "zh") == "「f1」"


@pytest.mark.parametrize(
    "document",
    [
        None,
        5,
        [],
        {},
        {"vars": [], "flags": "x"},
        {"vars": {"trust": 5, "and": {}, "9": {}}, "flags": {"x": None}},
    ],
)
def test_names_of_an_unfinished_document_are_what_is_there(document: object) -> None:
    names = names_of(document)
    assert all(one.key in ("trust", "x") for one in names.all)


HARD = [
    "未" * 2_000, "信任" * 1_000, "(" * 2_000, "（「" * 1_000, "非" * 2_000, "且或" * 1_000, "a" * 2_000, " " * 2_000,
    "「" * 2_000, "信任<1 和" * 320, "入户" * 1_000, "小于或" * 600, "有" * 2_000, "居民" * 1_000, "-" * 2_000,
    "not " * 500, "9" * 2_000, "信任 ≤ 1 或 " * 220, "\x00" * 2_000, "未听到一楼排水旧账且" * 200, "a" * 1_000_000,
]  # fmt: skip


@pytest.mark.parametrize("text", HARD, ids=lambda text: f"{text[:4]!r}")
def test_two_thousand_characters_of_anything_take_less_than_a_second(text: str) -> None:
    many = names_of(
        document_named([f"居民{n}信任" * 8 for n in range(250)], ["未" * n for n in range(1, 80)])
    )
    begun = process_time()
    for names in (S1, many):
        try:
            read_condition(text, names)
        except ConditionError:
            continue
    assert process_time() - begun < 2


@given(
    st.text(max_size=60)
    | st.text(alphabet="信任居民未有没且或非（）「」≤≥=<>0189. 小于已逐户入建档andort", max_size=60)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        condition = read_condition(text, S1)
    except ConditionError:
        return
    assert parse_condition(condition.text, S1.grammar).tree == condition.tree


_names_text = st.text(
    alphabet=st.sampled_from("信任未有没已且或和非无总是小于「」“”（）()<=≥ ab1-9.、"), min_size=1, max_size=6
)


@st.composite
def _named_trees(draw: st.DrawFn) -> tuple[Names, Tree]:
    variables, flags = (draw(st.lists(_names_text, min_size=1, max_size=3)) for _ in range(2))
    names = names_of(document_named(variables, flags))
    leaf = st.one_of(
        st.booleans().map(Always),
        st.sampled_from(sorted(names.grammar.bits)).map(lambda key: HasFlag(key, names.grammar.bits[key])),
        st.tuples(
            st.sampled_from(sorted(names.grammar.slots)),
            st.sampled_from(["<=", ">=", "<", ">", "=="]),
            st.integers(-99999, 99999),
        ).map(lambda t: Compare(t[0], names.grammar.slots[t[0]], t[1], f"{t[2] / 100:.2f}", t[2])),
    )
    tree = draw(
        st.recursive(
            leaf,
            lambda inner: st.one_of(
                inner.map(Not),
                st.lists(inner, min_size=2, max_size=3).map(lambda parts: AllOf(tuple(parts))),
                st.lists(inner, min_size=2, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
            ),
            max_leaves=8,
        )
    )
    return names, tree


@pytest.mark.parametrize("lang", ["zh", "en"])
@given(named_tree=_named_trees())
def test_written_condition_reads_back_as_the_same_tree(
    lang: Language, named_tree: tuple[Names, Tree]
) -> None:
    names, tree = named_tree
    written = write_condition(tree, names, lang)
    if len(written) <= MAX_LENGTH:
        assert read_condition(written, names).tree == tree


def test_every_condition_of_s1_survives_both_languages() -> None:
    found = []

    def walk(value: object) -> None:
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(each)
        if isinstance(value, dict) and value.get("cond"):
            found.append(value["cond"])

    walk(S1_DOCUMENT)
    assert len(found) > 25
    for text in found:
        tree = parse_condition(text, S1.grammar).tree
        assert read_condition(write_condition(tree, S1, "zh"), S1).text == text
