"""1+N decisions: the two demo schemes at typical stages, the cheapest missing path, and what a scheme may not say."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assessments.deciding import (
    Decision,
    EvidenceFact,
    Level,
    ProofNode,
    Rule,
    SchemeDefinition,
    SchemeInvalid,
    decide,
    parse_scheme,
    validate_scheme,
)
from core.hashing import content_hash

PACK = Path(__file__).parents[2] / "cms" / "demo" / "pack"
NEWER = frozenset({"renewal", "axes", "max_age_months"})


def as_first_released(value: Any) -> Any:
    """The demo's schemes without what rules learnt later: that stands in tests/assessments/deciding/."""
    if isinstance(value, dict):
        return {name: as_first_released(part) for name, part in value.items() if name not in NEWER}
    return [as_first_released(part) for part in value] if isinstance(value, list) else value


PACKED = json.loads((PACK / "schemes.json").read_text("utf-8"))
SCHEMES = {each["key"]: as_first_released(each) for each in PACKED}
GOVERNANCE = parse_scheme(SCHEMES["digital-governance"])
UNIT = parse_scheme(SCHEMES["elevator-unit"])
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def fact(id: str, kind: str, key: str, score: str | None = None, **more: Any) -> EvidenceFact:
    subject_kind = more.pop("subject_kind", {"endorsement": "pairing"}.get(kind, kind))
    number = None if score is None else Decimal(score)
    return EvidenceFact(id, kind, subject_kind, key, more.pop("at", NOON), score=number, **more)


OFFICE_COURSE = fact("e0", "course", "office-software", "1", hours=Decimal(4))
BASE_COURSE = fact("e1", "course", "data-analysis", "1", hours=Decimal(3))
BASE_EXAM = fact("e2", "exam", "base", "0.75")
SPECIAL_COURSE = fact("e3", "course", "smart-security", "1", hours=Decimal(3))
SPECIAL_EXAM = fact("e4", "exam", "smart-security", "0.6")
ENDORSED = fact("e5", "endorsement", "QL-2026-018", "1")
BASE = [OFFICE_COURSE, BASE_COURSE, BASE_EXAM]
EVERYTHING = [*BASE, SPECIAL_COURSE, SPECIAL_EXAM, ENDORSED]


def outline(node: ProofNode) -> Any:
    """A proof as (rule, met, have, evidence) or (rule, met, have, [children]): short enough to read in a test."""
    have = None if node.have is None else f"{node.have.normalize():f}"
    below = [outline(child) for child in node.children] if node.children else list(node.evidence)
    return (node.rule, node.met, have, below)


# ---- the demo schemes at typical stages


OTHER_SPECIAL = (
    "public-opinion",
    False,
    "0",
    [("public-opinion-course", False, "0", []), ("public-opinion-exam", False, None, [])],
)


def test_nothing_done_proves_nothing_and_the_cheapest_way_is_missing():
    decision = decide(GOVERNANCE, [])
    base = [
        ("office-course", False, "0", []),
        ("data-course", False, "0", []),
        ("base-exam", False, None, []),
    ]
    special = [("smart-security-course", False, "0", []), ("smart-security-exam", False, None, [])]
    assert outline(decision.tree) == (
        "digital-governance",
        False,
        "0",
        [
            ("base", False, "0", base),
            ("special", False, "0", [("smart-security", False, "0", special), OTHER_SPECIAL]),
            ("mentor", False, "0", []),
        ],
    )
    assert [(each.rule, each.minutes) for each in decision.missing] == [
        ("office-course", 60),
        ("data-course", 30),
        ("base-exam", 20),
        ("smart-security-course", 30),
        ("smart-security-exam", 25),
        ("mentor", 30),
    ]


def test_base_module_done_leaves_the_special_module_and_the_mentor():
    failed = fact("e9", "exam", "smart-security", "0.55")
    decision = decide(GOVERNANCE, [*BASE, failed])
    base = [
        ("office-course", True, "1", ["e0"]),
        ("data-course", True, "1", ["e1"]),
        ("base-exam", True, "75", ["e2"]),
    ]
    special = [("smart-security-course", False, "0", []), ("smart-security-exam", False, "55", ["e9"])]
    assert outline(decision.tree) == (
        "digital-governance",
        False,
        "1",
        [
            ("base", True, "3", base),
            ("special", False, "0", [("smart-security", False, "0", special), OTHER_SPECIAL]),
            ("mentor", False, "0", []),
        ],
    )
    assert [(each.rule, each.have, each.need) for each in decision.missing] == [
        ("smart-security-course", 0, 1),
        ("smart-security-exam", 55, 60),
        ("mentor", 0, 1),
    ]


def test_one_of_the_two_base_courses_is_not_the_base_module():
    decision = decide(GOVERNANCE, [each for each in EVERYTHING if each != OFFICE_COURSE])
    assert (decision.met, [each.rule for each in decision.missing]) == (False, ["office-course"])


def test_everything_done_meets_the_scheme_and_names_the_pairing():
    decision = decide(GOVERNANCE, EVERYTHING)
    assert (decision.met, decision.missing) == (True, ())
    assert decision.tree.cited() == ("e0", "e1", "e2", "e3", "e4", "e5")
    assert decision.tree.endorsed_pairing() == "QL-2026-018"
    mentor = decision.tree.children[2]
    assert mentor.as_json() == {
        "rule": "mentor",
        "kind": "endorsement",
        "title": "导师推荐",
        "met": True,
        "have": "1",
        "need": "1",
        "subject": {"kind": "pairing", "key": "QL-2026-018"},
        "evidence": ["e5"],
        "children": [],
    }


def test_unendorsed_proof_names_no_pairing():
    tree = decide(GOVERNANCE, EVERYTHING[:-1]).tree
    assert (tree.met, tree.endorsed_pairing(), tree.children[2].subject_key) == (False, None, "")


def test_second_special_module_is_an_alternative_to_the_first():
    opinion = [fact("e7", "course", "public-opinion", "1"), fact("e8", "exam", "public-opinion", "0.9")]
    decision = decide(GOVERNANCE, [*BASE, ENDORSED, *opinion])
    assert decision.met
    assert outline(decision.tree.children[1]) == (
        "special",
        True,
        "1",
        [
            (
                "smart-security",
                False,
                "0",
                [("smart-security-course", False, "0", []), ("smart-security-exam", False, None, [])],
            ),
            (
                "public-opinion",
                True,
                "2",
                [("public-opinion-course", True, "1", ["e7"]), ("public-opinion-exam", True, "90", ["e8"])],
            ),
        ],
    )
    for begun, left in ((SPECIAL_COURSE, "smart-security-exam"), (opinion[0], "public-opinion-exam")):
        assert [each.rule for each in decide(GOVERNANCE, [*BASE, ENDORSED, begun]).missing] == [left]
    fresh = decide(GOVERNANCE, [*BASE, ENDORSED])
    assert [each.rule for each in fresh.missing] == ["smart-security-course", "smart-security-exam"]


@pytest.mark.parametrize(
    ("score", "met", "have"),
    [("0.907", True, "90.7"), ("0.6", True, "60"), ("0.59996", False, "59.99"), ("0", False, "0")],
)
def test_scenario_unit_compares_exactly_and_never_rounds_up(score, met, have):
    node = decide(UNIT, [fact("p1", "scenario", "S1", score)]).tree.children[0]
    assert (node.met, node.as_json()["have"]) == (met, have)


# ---- what counts as evidence


def one_rule(**rule: Any) -> SchemeDefinition:
    data = {**SCHEMES["elevator-unit"], "rule": {"id": "r", "title": "一条", "minutes": 60, **rule}}
    return parse_scheme(data)


EXAM = one_rule(kind="exam", subject="base", mark=60)


def test_best_attempt_counts_not_the_last():
    early = fact("a", "exam", "base", "0.8", at=NOON)
    late = fact("b", "exam", "base", "0.4", at=NOON + timedelta(days=1))
    assert outline(decide(EXAM, [late, early]).tree) == ("r", True, "80", ["a"])


@pytest.mark.parametrize(
    ("facts", "deciding"),
    [
        ([("b", "0.8", 0), ("a", "0.8", 1)], "b"),
        ([("b", "0.8", 0), ("a", "0.8", 0)], "a"),
        ([("a", "0.8", 0), ("b", "0.9", 1)], "b"),
    ],
)
def test_equal_evidence_is_told_apart_by_time_then_id(facts, deciding):
    attempts = [fact(id, "exam", "base", score, at=NOON + timedelta(days=days)) for id, score, days in facts]
    assert decide(EXAM, attempts).tree.evidence == (deciding,)


def test_times_compare_as_instants_across_zones():
    shanghai = timezone(timedelta(hours=8))
    early = fact("z", "exam", "base", "0.8", at=datetime(2026, 11, 20, 19, tzinfo=shanghai))
    assert decide(EXAM, [fact("a", "exam", "base", "0.8", at=NOON), early]).tree.evidence == ("z",)


@pytest.mark.parametrize(
    "other",
    [
        fact("x", "exam", "smart-security", "1"),
        fact("x", "course", "base", "1", subject_kind="exam"),
        fact("x", "exam", "base", "1", subject_kind="course"),
        fact("x", "exam", "base"),
    ],
)
def test_evidence_of_something_else_does_not_count(other):
    assert outline(decide(EXAM, [other]).tree) == ("r", False, None, [])


def test_must_pass_leaves_out_results_the_activity_called_failed():
    lenient = one_rule(kind="scenario", subject="S1", mark=60)
    strict = one_rule(kind="scenario", subject="S1", mark=60, must_pass=True)
    failed = fact("f", "scenario", "S1", "0.7", attributes={"passed": False})
    passed = fact("p", "scenario", "S1", "0.65", attributes={"passed": True})
    assert decide(lenient, [failed, passed]).tree.evidence == ("f",)
    assert decide(strict, [failed, passed]).tree.evidence == ("p",)
    assert decide(strict, [failed]).met is False


def test_withheld_recommendation_is_no_recommendation():
    rule = one_rule(kind="endorsement")
    withheld = fact("w", "endorsement", "QL-1", attributes={"passed": False})
    assert decide(rule, [withheld]).met is False
    assert decide(rule, [withheld, fact("y", "endorsement", "QL-2")]).tree.endorsed_pairing() == "QL-2"


def test_endorsement_may_be_asked_of_one_pairing():
    rule = one_rule(kind="endorsement", subject="QL-2")
    assert decide(rule, [fact("a", "endorsement", "QL-1")]).met is False
    assert decide(rule, [fact("b", "endorsement", "QL-2")]).met is True


def test_practice_hours_add_up_and_each_entry_counts_once():
    rule = one_rule(kind="practice", hours=20, minutes=1200)
    nine = fact("a", "practice", "QL-1", hours=Decimal("9.5"), subject_kind="pairing")
    more = fact("b", "practice", "W-1", hours=Decimal(8), subject_kind="workshop")
    decision = decide(rule, [nine, more, nine])
    assert outline(decision.tree) == ("r", False, "17.5", ["a", "b"])
    assert [(each.rule, each.minutes) for each in decision.missing] == [("r", 150)]
    done = decide(
        rule, [nine, more, fact("c", "practice", "W-1", hours=Decimal("2.5"), subject_kind="workshop")]
    )
    assert (done.met, done.tree.as_json()["have"]) == (True, "20")


def test_practice_may_be_asked_under_one_subject():
    rule = one_rule(kind="practice", hours=8, subject="W-1", subject_kind="workshop")
    elsewhere = fact("a", "practice", "W-2", hours=Decimal(9), subject_kind="workshop")
    assert decide(rule, [elsewhere]).tree.as_json()["have"] == "0"


def test_prior_certificate_may_be_recognised_or_our_own():
    recognised = one_rule(kind="certificate", subject="social-worker-junior")
    own = one_rule(kind="certificate", subject="elevator-unit", subject_kind="scheme")
    assert decide(recognised, [fact("a", "certificate", "social-worker-junior")]).met is True
    assert decide(own, [fact("a", "certificate", "elevator-unit")]).met is False
    assert decide(own, [fact("a", "certificate", "elevator-unit", subject_kind="scheme")]).met is True


@pytest.mark.parametrize(
    "wrong",
    [{"score": "1.01"}, {"score": "-0.1"}, {"hours": Decimal(-1)}, {"at": datetime(2026, 11, 20)}],  # noqa: DTZ001
)
def test_impossible_fact_is_refused(wrong):
    with pytest.raises(ValueError, match="evidence x"):
        fact("x", "exam", "base", **wrong)


def test_two_different_facts_of_one_id_are_refused():
    with pytest.raises(ValueError, match="two different facts are called e2"):
        decide(GOVERNANCE, [BASE_EXAM, fact("e2", "exam", "base", "0.9")])


# ---- properties over random schemes and evidence


def rules() -> st.SearchStrategy[dict[str, Any]]:
    leaf = st.builds(
        lambda kind, subject, minutes: (
            {"kind": kind, "subject": subject, "title": "叶", "minutes": minutes}
            | ({"mark": 60} if kind == "exam" else {})
        ),
        st.sampled_from(["exam", "course"]),
        st.sampled_from("abcd"),
        st.integers(1, 4),
    )
    group = st.recursive(
        leaf,
        lambda inner: st.builds(
            lambda kind, inside, n: (
                {"kind": kind, "title": "组", "rules": inside}
                | ({"n": 1 + n % len(inside)} if kind == "at_least" else {})
            ),
            st.sampled_from(["all", "any", "at_least"]),
            st.lists(inner, min_size=1, max_size=3),
            st.integers(0, 2),
        ),
        max_leaves=7,
    )
    return group.map(lambda rule: named(json.loads(json.dumps(rule)), [0]))


def named(rule: dict[str, Any], count: list[int]) -> dict[str, Any]:
    count[0] += 1
    rule["id"] = f"r{count[0]}"
    for each in rule.get("rules", ()):
        named(each, count)
    return rule


schemes = rules().map(lambda rule: parse_scheme({**SCHEMES["elevator-unit"], "rule": rule}))
facts = st.lists(
    st.builds(
        lambda id, kind, key, score, day: fact(id, kind, key, score, at=NOON + timedelta(days=day)),
        st.uuids().map(str),
        st.sampled_from(["exam", "course"]),
        st.sampled_from("abcd"),
        st.sampled_from(["0.2", "0.6", "0.9"]),
        st.integers(0, 2),
    ),
    max_size=8,
    unique_by=lambda each: each.id,
)


@given(schemes, facts, st.randoms(use_true_random=False))
def test_proof_ignores_the_order_of_the_evidence(scheme, evidence, random):
    shuffled = list(evidence)
    random.shuffle(shuffled)
    assert decide(scheme, shuffled) == decide(scheme, evidence)


@given(schemes, facts)
def test_decision_survives_json(scheme, evidence):
    decision = decide(scheme, evidence)
    again = Decision.from_json(json.loads(json.dumps(decision.as_json())))
    assert again == decision
    assert again.as_json() == decision.as_json()


@given(schemes, facts, facts)
def test_more_evidence_never_takes_a_decision_away(scheme, evidence, more):
    met = decide(scheme, evidence).met
    known = {each.id for each in evidence}
    assert decide(scheme, evidence + [each for each in more if each.id not in known]).met >= met


def holds(rule: Rule, met: set[str]) -> bool:
    if not rule.is_group:
        return rule.id in met
    return sum(holds(each, met) for each in rule.rules) >= rule.need


def priced(leaves: Iterable[Rule]) -> int:
    """What is done for one rule is not done again for another that asks for the same."""
    activities: dict[tuple[str, str], int] = {}
    for leaf in leaves:
        activity = (leaf.kind, leaf.subject)
        activities[activity] = max(activities.get(activity, 0), leaf.minutes)
    return sum(activities.values())


def every_way(scheme: SchemeDefinition, met: set[str]) -> list[tuple[int, tuple[int, ...]]]:
    """Every subset of the unmet leaves that would meet the scheme, with its price."""
    unmet = [leaf for leaf in scheme.rule.leaves() if leaf.id not in met]
    return [
        (priced(unmet[at] for at in chosen), chosen)
        for size in range(len(unmet) + 1)
        for chosen in combinations(range(len(unmet)), size)
        if holds(scheme.rule, met | {unmet[at].id for at in chosen})
    ]


@given(schemes, facts)
def test_missing_is_the_cheapest_way_and_has_nothing_to_spare(scheme, evidence):
    """Against every subset of the unmet leaves, also where several ask for the same."""
    decision = decide(scheme, evidence)
    met = {node.rule for node in decision.tree.leaves() if node.met}
    missing = [each.rule for each in decision.missing]
    assert sum(each.minutes for each in decision.missing) == min(every_way(scheme, met))[0]
    assert holds(scheme.rule, met | set(missing))
    assert not any(holds(scheme.rule, met | (set(missing) - {each})) for each in missing)
    assert decision.met == (missing == [])


@given(schemes, facts)
def test_among_equally_cheap_ways_the_first_stated_wins(scheme, evidence):
    """Where no two rules ask for the same."""
    asked = [(leaf.kind, leaf.subject) for leaf in scheme.rule.leaves()]
    assume(len(set(asked)) == len(asked))
    decision = decide(scheme, evidence)
    met = {node.rule for node in decision.tree.leaves() if node.met}
    unmet = [leaf for leaf in scheme.rule.leaves() if leaf.id not in met]
    cheapest = min(every_way(scheme, met))[1]
    assert [(each.rule, each.minutes) for each in decision.missing] == [
        (unmet[at].id, unmet[at].minutes) for at in cheapest
    ]


# ---- decisions recorded before rules knew axes, ages and shared activities


@pytest.mark.parametrize(
    ("scheme", "evidence", "digest"),
    [
        (GOVERNANCE, [], "2c3351b18c0ba02a3e196edcacc867e28b61a557f91ab113758c3005b9da39f1"),
        (
            GOVERNANCE,
            [*BASE, fact("e9", "exam", "smart-security", "0.55")],
            "2c04023cd2d678e432e84533ca916efbfa3a1afeda42aa09ccc7f57d3be43f66",
        ),
        (GOVERNANCE, EVERYTHING, "39f88a1423e6ebc8d3896cf8900b57d254fd556440a98fed8ba3bd0f31c4b073"),
        (
            UNIT,
            [fact("p1", "scenario", "S1", "0.59996")],
            "11ab201db6b4a736e122dccb97f2791c5d6276d80cb120aae6dba516b3fafe3e",
        ),
        (
            one_rule(kind="practice", hours=20, minutes=1200),
            [fact("p", "practice", "QL-1", hours=Decimal("9.5"), subject_kind="pairing")],
            "0c3a852d584ed0c25428ebca23cdaac832b996ddb6b09c64287ea5ec510c2428",
        ),
        (
            EXAM,
            [fact("x", "exemption", "base", subject_kind="exam")],
            "d0878a59dda160d061d9974652126c53ce4bb81a76bd7016205d67a5eecc3ca0",
        ),
    ],
)
def test_decision_of_rules_that_were_always_there_keeps_its_hash(scheme, evidence, digest):
    """The hash tells a decision that changed from one that did not: it was taken at the release before."""
    assert content_hash(decide(scheme, evidence).as_json()) == digest
    assert content_hash(decide(scheme, evidence, at=NOON).as_json()) == digest


# ---- schemes as data


def test_demo_scheme_parses_to_these_values():
    assert (GOVERNANCE.title, GOVERNANCE.level, GOVERNANCE.valid_months, GOVERNANCE.view) == (
        "数字治理 1+N（初级）",
        Level.ELEMENTARY,
        36,
        "A@1",
    )
    assert [GOVERNANCE.certificate_title, UNIT.certificate_title] == ["培训合格证书", "能力单元证书"]
    assert UNIT.rule.rules == (
        Rule(
            id="scenario-s1",
            kind="scenario",
            title="推演《老楼新梯》得分 ≥ 60%",
            need=Decimal(60),
            subject_kind="scenario",
            subject="S1",
            minutes=60,
        ),
    )


LEAF = {"id": "x", "kind": "exam", "title": "考试", "subject": "base", "mark": 60, "minutes": 20}


def scheme_with(rule: Any, **head: Any) -> dict[str, Any]:
    return {**SCHEMES["elevator-unit"], "rule": rule, **head}


def group(kind: str, rules: Any, **more: Any) -> dict[str, Any]:
    return {"id": "g", "kind": kind, "title": "组", "rules": rules, **more}


def nested(depth: int) -> dict[str, Any]:
    return LEAF if depth == 1 else {**group("all", [nested(depth - 1)]), "id": f"g{depth}"}


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        (scheme_with({**LEAF, "mark": 101}), ["rule.mark"]),
        (scheme_with({**LEAF, "mark": -1}), ["rule.mark"]),
        (scheme_with({**LEAF, "mark": "60"}), ["rule.mark"]),
        (scheme_with({**LEAF, "mark": True}), ["rule.mark"]),
        (scheme_with({**LEAF, "minutes": 0}), ["rule.minutes"]),
        (scheme_with({**LEAF, "subject": "a b"}), ["rule.subject"]),
        (scheme_with({**LEAF, "must_pass": "yes"}), ["rule.must_pass"]),
        (scheme_with({**LEAF, "hours": 3}), ["rule.hours"]),
        (scheme_with({**LEAF, "kind": "essay"}), ["rule.kind"]),
        (scheme_with({**LEAF, "kind": ["exam"]}), ["rule.kind"]),
        (scheme_with({"id": "x", "kind": "course", "title": "课"}), ["rule.minutes", "rule.subject"]),
        (scheme_with({**LEAF, "kind": "practice", "hours": 0}), ["rule.mark", "rule.hours"]),
        (
            scheme_with(
                {
                    "id": "x",
                    "kind": "certificate",
                    "title": "证",
                    "subject": "c",
                    "subject_kind": "z",
                    "minutes": 1,
                }
            ),
            ["rule.subject_kind"],
        ),
        (scheme_with(group("at_least", [LEAF], n=2)), ["rule.n"]),
        (scheme_with(group("at_least", [LEAF], n=0)), ["rule.n"]),
        (scheme_with(group("at_least", [LEAF], n=1.5)), ["rule.n"]),
        (scheme_with(group("at_least", [LEAF])), ["rule.n"]),
        (scheme_with(group("all", [LEAF], n=1)), ["rule.n"]),
        (scheme_with(group("all", [])), ["rule.rules"]),
        (scheme_with(group("any", {"a": LEAF})), ["rule.rules"]),
        (scheme_with(group("all", [LEAF, {**LEAF, "title": "又一场"}])), ["rule.rules[1].id"]),
        (scheme_with(group("all", [{**LEAF, "id": "g"}, "x"])), ["rule.rules[0].id", "rule.rules[1]"]),
        (scheme_with(nested(9)), ["rule" + ".rules[0]" * 8]),
        (scheme_with(LEAF, view="A"), ["view"]),
        (scheme_with(LEAF, view="A@0"), ["view"]),
        (scheme_with(LEAF, view="三维@1"), ["view"]),
        (scheme_with(LEAF, view="A@1\n"), ["view"]),
        (scheme_with(LEAF, view=None), ["view"]),
        (scheme_with(LEAF, level="初级"), ["level"]),
        (scheme_with(LEAF, valid_months=0), ["valid_months"]),
        (scheme_with(LEAF, title=" ", certificate_title=""), ["title", "certificate_title"]),
        (scheme_with(LEAF, key="数字"), ["key"]),
        (scheme_with(LEAF, colour="blue"), ["scheme.colour"]),
        (
            {},
            [
                f"scheme.{n}"
                for n in ("certificate_title", "key", "level", "rule", "title", "valid_months", "view")
            ],
        ),
        ([], ["scheme"]),
        (None, ["scheme"]),
    ],
)
def test_validate_scheme_refuses(data, problems):
    with pytest.raises(SchemeInvalid) as caught:
        validate_scheme(data)
    assert [field for field, _ in caught.value.problems] == problems


def test_validate_scheme_reports_every_problem_at_once():
    data = scheme_with(group("at_least", [{**LEAF, "mark": 200}, LEAF], n=3), view="?")
    with pytest.raises(SchemeInvalid) as caught:
        validate_scheme(data)
    assert [(field, str(message)) for field, message in caught.value.problems] == [
        ("view", "A view is written as name@version, for instance A@1."),
        ("rule.rules[0].mark", "Give a number from 0 to 100."),
        ("rule.rules[1].id", "The id x is used twice."),
        ("rule.n", "Give a number from 1 to 2."),
    ]


@pytest.mark.parametrize(
    "data", [*SCHEMES.values(), *PACKED, scheme_with(nested(8)), scheme_with({**LEAF, "mark": 62.5})]
)
def test_sound_scheme_validates(data):
    validate_scheme(data)
    assert parse_scheme(data).key == data["key"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "kind", "title", "rules", "n", "mark", "subject"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@given(json_values)
def test_hostile_scheme_is_refused_without_a_crash(rule):
    with pytest.raises(SchemeInvalid):
        parse_scheme(scheme_with(rule))
