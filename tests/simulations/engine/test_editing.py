"""Changing documents piece by piece: nothing else moves."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.engine.addresses import field_at
from simulations.engine.document import parse
from simulations.engine.editing import (
    LISTS,
    TOP,
    NameTaken,
    NoSuchPart,
    Part,
    added,
    added_behind,
    changed_parts,
    copied,
    free_name,
    ids_of,
    moved,
    part_of,
    with_part,
)
from simulations.engine.references import Way, removed, renamed, ways_to
from tests.simulations.engine.conftest import S1_DOCUMENT, SMALL

NODES = ids_of(S1_DOCUMENT, "node")
ENDINGS = ids_of(S1_DOCUMENT, "ending")
PARTS = [Part(kind) for kind in TOP] + [
    Part(kind, key) for kind in LISTS for key in ids_of(S1_DOCUMENT, kind)
]
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


def text(document: Any) -> str:
    """With the order of keys."""
    return json.dumps(document, ensure_ascii=False)


def paths(document: Any) -> int:
    """How many ways lead anywhere."""
    return sum(
        len(ways_to(document, key)) for key in [*ids_of(document, "node"), *ids_of(document, "ending")]
    )


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_a_part_put_back_leaves_the_document_as_it_was(part: Part) -> None:
    document = deepcopy(S1_DOCUMENT)
    assert text(with_part(document, part, part_of(document, part))) == text(S1_DOCUMENT)
    assert document == S1_DOCUMENT


@given(st.sampled_from(NODES), st.dictionaries(st.text(min_size=1, max_size=6), plain, max_size=4))
def test_a_node_reads_as_it_was_put(key: str, said: dict[str, Any]) -> None:
    node = {**said, "id": key}
    changed = with_part(S1_DOCUMENT, Part("node", key), node)
    assert part_of(changed, Part("node", key)) == node
    assert changed_parts(S1_DOCUMENT, changed) == (Part("node", key),)


@given(plain)
def test_documents_of_any_shape_are_looked_at_without_a_fault(odd: Any) -> None:
    document = {"nodes": odd, "endings": odd, "vars": odd, "scoring": odd}
    for kind in LISTS:
        assert isinstance(ids_of(document, kind), list)
    ways_to(document, "N01")
    changed_parts(document, S1_DOCUMENT)
    for where in ("nodes[0].choices[a].effects[0].var", "vars.x.lo", "", "scoring.pass_total", "nodes[9]"):
        field_at(document, where)


@given(st.sampled_from(NODES))
def test_a_renamed_node_is_reached_as_before(key: str) -> None:
    changed = renamed(S1_DOCUMENT, Part("node", key), "NEW")
    there = {way: place for place, way in zip(NODES, ids_of(changed, "node"), strict=True)}
    assert there["NEW"] == key
    assert paths(changed) == paths(S1_DOCUMENT)
    assert len(parse(changed).nodes) == len(NODES)
    assert text(renamed(changed, Part("node", "NEW"), key)) == text(S1_DOCUMENT)


@given(st.sampled_from([key for key in ENDINGS if key != "E3"]))
def test_a_renamed_ending_is_followed_everywhere(key: str) -> None:
    changed = renamed(S1_DOCUMENT, Part("ending", key), "NEW")
    assert f'"{key}"' not in text(changed)
    parse(changed)
    assert text(renamed(changed, Part("ending", "NEW"), key)) == text(S1_DOCUMENT)


def test_the_ending_with_a_word_of_its_own_keeps_what_it_needs() -> None:
    changed = renamed(S1_DOCUMENT, Part("ending", "E3"), "NEW")
    assert parse(changed).marks.needs_any == {"NEW": ("survey", "leak")}


def test_a_name_that_is_taken_is_refused() -> None:
    for name in ("N02", "E1", "END"):
        with pytest.raises(NameTaken):
            renamed(S1_DOCUMENT, Part("node", "N01"), name)


def test_what_is_not_there_is_refused() -> None:
    for change in (
        lambda: renamed(SMALL, Part("node", "N77"), "N78"),
        lambda: removed(SMALL, Part("ending", "E77")),
        lambda: moved(SMALL, Part("node", "N77"), 1),
        lambda: copied(SMALL, Part("node", "N77"), "N78"),
        lambda: with_part(SMALL, Part("node", "N77"), {}),
    ):
        with pytest.raises(NoSuchPart):
            change()


def test_ways_to_a_node_are_named_in_order() -> None:
    assert ways_to(SMALL, "N02") == (Way("N01"),)
    assert ways_to(S1_DOCUMENT, "N02B") == (Way("N02", "c"),)


def test_a_node_goes_with_the_ways_that_lead_to_it() -> None:
    changed = removed(S1_DOCUMENT, Part("node", "N02B"), with_ways=True)
    assert ways_to(changed, "N02B") == ()
    assert part_of(changed, Part("node", "N02B")) is None
    alone = removed(S1_DOCUMENT, Part("node", "N02B"))
    assert ways_to(alone, "N02B") == (Way("N02", "c"),)


def test_an_ending_goes_with_everything_that_counts_on_it() -> None:
    changed = removed(S1_DOCUMENT, Part("ending", "E5"), with_ways=True)
    assert '"E5"' not in text(changed)
    parse(changed)


@given(st.sampled_from(NODES), st.integers(-30, 30))
def test_a_moved_node_stands_so_many_places_further(key: str, by: int) -> None:
    ids = ids_of(moved(S1_DOCUMENT, Part("node", key), by), "node")
    assert ids.index(key) == max(0, min(NODES.index(key) + by, len(NODES) - 1))
    assert [each for each in ids if each != key] == [each for each in NODES if each != key]


def test_a_copy_stands_behind_its_original() -> None:
    name = free_name(SMALL, "node")
    assert ids_of(copied(SMALL, Part("node", "N01"), name), "node") == ["N01", "N03", "N02"]
    assert (free_name(S1_DOCUMENT, "ending"), name) == ("E8", "N03")
    with pytest.raises(NameTaken):
        added(SMALL, "node", {"id": "GOOD"})


@pytest.mark.parametrize(
    ("led", "leads", "goes_on"),
    [
        ("N03", "NEW", "N03"),
        ([{"cond": None, "to": "END"}], [{"cond": None, "to": "NEW"}], [{"cond": None, "to": "END"}]),
        (None, "NEW", []),
        ([{"cond": "a >= 1", "to": "N03"}], [{"cond": "a >= 1", "to": "N03"}], []),
        (
            [{"cond": "a >= 1", "to": "N03"}, {"cond": None, "to": "END"}],
            [{"cond": "a >= 1", "to": "N03"}, {"cond": None, "to": "END"}],
            [],
        ),
    ],
    ids=["plain", "one way", "nowhere", "condition", "branch"],
)
def test_a_node_added_behind_another_takes_over_a_plain_way(led: Any, leads: Any, goes_on: Any) -> None:
    document = {"nodes": [{"id": "N01", "choices": [{"id": "a"}], "next": led}, {"id": "N03"}]}
    before, new, last = added_behind(document, {"id": "NEW", "next": []}, after="N01")["nodes"]
    assert (before["next"], new["next"], last) == (leads, goes_on, {"id": "N03"})


def test_a_node_behind_one_whose_choices_all_lead_elsewhere_is_not_on_the_way() -> None:
    first = {"id": "N01", "choices": [{"id": "a", "next": "END"}], "next": None}
    assert added_behind({"nodes": [first]}, {"id": "NEW"}, after="N01")["nodes"] == [first, {"id": "NEW"}]


def test_a_key_that_was_not_there_takes_its_usual_place() -> None:
    changed = with_part(SMALL, Part("seats"), {"seats": []})
    keys = list(changed)
    assert keys.index("seats") == keys.index("global_end") - 1


@pytest.mark.parametrize(
    ("where", "part", "field"),
    [
        ("nodes[1].choices[b].effects[2].var", Part("node", "N02"), "choices.1.effects.2.var"),
        ("nodes[0].title", Part("node", "N01"), "title"),
        ("nodes[0].choices[a].score.zc", Part("node", "N01"), "choices.0.score.zc"),
        ("endings[4].cond", Part("ending", "E2"), "cond"),
        ("vars.trust.lo", Part("vars"), "vars.3.lo"),
        ("vars.trust", Part("vars"), "vars.3.name"),
        ("flags.leak", Part("flags"), "flags.2.name"),
        ("global_end[0].cond", Part("global_end"), "global_end.0.cond"),
        ("scoring.pass_total", Part("head"), "scoring.pass_total"),
        ("views.A", Part("head"), "views"),
        ("nodes", Part("node"), ""),
        ("", Part("head"), ""),
    ],
)
def test_a_problem_finds_its_form_and_field(where: str, part: Part, field: str) -> None:
    assert field_at(S1_DOCUMENT, where) == (part, field)
