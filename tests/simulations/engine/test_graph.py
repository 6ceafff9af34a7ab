"""What leads where in a document, finished or not."""

from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.engine.graph import Way, graph_of
from tests.simulations.engine.conftest import S1_DOCUMENT


def node(key: str, *ways: Any, usual: Any = None, stage: str = "") -> dict[str, Any]:
    choices = [{"id": "abcdef"[place], "next": way} for place, way in enumerate(ways)]
    return {"id": key, "title": f"节点{key}", "stage": stage, "choices": choices, "next": usual}


def ending(key: str, cond: str | None = None) -> dict[str, Any]:
    return {"id": key, "title": key, "cond": cond}


def faults(*nodes: Any, endings: Any = (), **more: Any) -> dict[str, tuple[str, ...]]:
    graph = graph_of({"nodes": list(nodes), "endings": list(endings), **more})
    return {spot.id: spot.faults for spot in graph.spots if spot.faults}


def test_s1_has_no_fault_and_all_its_stages() -> None:
    graph = graph_of(S1_DOCUMENT)
    assert {spot.id: spot.faults for spot in graph.spots if spot.faults} == {}
    assert (graph.start, len(graph.spots), len(graph.stages)) == ("N01", 26, 16)
    assert [spot.id for spot in graph.spots if spot.halts] == ["E5", "E6", "E7"]
    assert graph.ways_from("N04") == (
        Way("N04", "N05", ("a", "b", "c", "d"), False),
        Way("N04", "N06", ("a", "b", "c", "d"), True),
    )


def test_choice_goes_its_own_way_then_that_of_its_node() -> None:
    own = [{"cond": "done", "to": "B"}]
    graph = graph_of(
        {
            "nodes": [node("A", own, None, "C", usual="B"), node("B", "E"), node("C", "E")],
            "endings": [ending("E")],
        }
    )
    assert graph.ways_from("A") == (Way("A", "B", ("a", "b"), True), Way("A", "C", ("c",), True))


def test_way_behind_a_certain_one_is_no_way() -> None:
    routes = [{"cond": "True", "to": "B"}, {"cond": None, "to": "C"}]
    found = faults(node("A", routes), node("B", "E"), node("C", "E"), endings=[ending("E")])
    assert found == {"C": ("unreachable",)}


def test_everything_wrong_is_marked_where_it_is() -> None:
    found = faults(
        node("A", "B", "GONE"),
        node("B", "C"),
        node("C", "B"),
        node("D", "E"),
        node("F"),
        node("G", [{"cond": "x", "to": "E"}]),
        endings=[ending("E"), ending("X"), ending("Y")],
        global_end=[{"cond": "x<0", "end": "Y"}],
    )
    assert found == {
        "A": ("dead_end",),
        "B": ("dead_end",),
        "C": ("dead_end",),
        "D": ("unreachable",),
        "F": ("unreachable", "no_choice"),
        "G": ("unreachable", "no_way"),
        "E": ("unreachable",),
        "X": ("unreachable",),
        "GONE": ("missing",),
    }


def test_end_leads_to_the_endings_that_have_a_condition() -> None:
    graph = graph_of(
        {"nodes": [node("A", "END")], "endings": [ending("X", "a>1"), ending("Y", "True"), ending("Z")]}
    )
    assert graph.ways_from("END") == (Way("END", "X", (), False), Way("END", "Y", (), True))
    assert {spot.id: spot.faults for spot in graph.spots if spot.faults} == {"Z": ("unreachable",)}


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["A", "B", "END", "E"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["nodes", "endings", "id", "next", "choices", "to", "cond", "stage", "global_end", "end"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(_values.filter(lambda value: isinstance(value, dict)))
def test_any_unfinished_document_has_a_graph(document: Any) -> None:
    graph = graph_of(document)
    known = {spot.id for spot in graph.spots}
    assert all({way.source, way.target} <= known for way in graph.ways)


@pytest.mark.parametrize("count", [500])
def test_graph_of_the_largest_document_takes_less_than_a_second(count: int) -> None:
    nodes = [node(f"N{n}", *[f"N{n + step}" for step in range(1, 7)], stage=f"S{n}") for n in range(count)]
    begun = process_time()
    assert len(graph_of({"nodes": nodes, "endings": []}).ways) == 6 * count
    assert process_time() - begun < 1
