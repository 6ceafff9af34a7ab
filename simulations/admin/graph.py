"""The graph of a draft beside its forms: as data for `graph.js`, and as a table that says the same in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from simulations.admin.pages import check_author
from simulations.engine.document import ScenarioInvalid, load
from simulations.engine.editing import as_rows, as_table
from simulations.engine.graph import Graph, Spot, Way, graph_of
from simulations.models import ScenarioDraft

MOST_BYTES = 200_000


@dataclass(frozen=True)
class Drawn:
    """A spot in words: what it is called, where its form is, what is wrong with it, and what it leads to."""

    spot: Spot
    name: str
    url: str
    stage: str
    faults: tuple[str, ...]
    ways: tuple[DrawnWay, ...] = ()


@dataclass(frozen=True)
class DrawnWay:
    way: Way
    name: str
    url: str


@dataclass(frozen=True)
class Drawing:
    """The table of a graph. `here` is the id of the spot whose form is open."""

    url: str
    here: str
    spots: tuple[Drawn, ...]
    stages: tuple[str, ...]
    said: str


def document_of(draft: ScenarioDraft) -> dict[str, Any]:
    """The stored document; an empty one where it cannot be read."""
    try:
        return as_table(load(draft.document))
    except ScenarioInvalid:
        return {}


def drawing_of(draft: ScenarioDraft, here: str = "") -> Drawing:
    """The graph of a draft in words. No query."""
    graph = graph_of(document_of(draft))
    urls = {spot.id: url_of(spot, draft.pk) for spot in graph.spots}
    names = {spot.id: name_of(spot) for spot in graph.spots}
    spots = tuple(
        Drawn(
            spot=spot,
            name=names[spot.id],
            url=urls[spot.id],
            stage=graph.stages[spot.stage] if spot.stage >= 0 else "",
            faults=told_faults(spot),
            ways=tuple(
                DrawnWay(way, names[way.target], urls[way.target]) for way in graph.ways_from(spot.id)
            ),
        )
        for spot in graph.spots
    )
    return Drawing(reverse("scenarios:graph", args=[draft.pk]), here, spots, graph.stages, told_sum(graph))


def url_of(spot: Spot, pk: int) -> str:
    """Where the spot is written; "" for what is no part of the document."""
    if spot.kind in ("node", "ending"):
        return reverse(f"scenarios:{spot.kind}", args=[pk, spot.id])
    return ""


def name_of(spot: Spot) -> str:
    """N03 敲开101的门."""
    if spot.kind == "end":
        return _("The end: which ending it is")
    return f"{spot.id} {spot.title}".strip()


def told_faults(spot: Spot) -> tuple[str, ...]:
    """What is visibly wrong, in the reader's language."""
    said = {
        "unreachable": _("nothing leads here"),
        "dead_end": _("no way from here comes to an ending"),
        "missing": _("is not there"),
        "no_choice": _("has no choices"),
        "no_way": _("can lead nowhere: %(choices)s") % {"choices": ", ".join(filter(None, spot.loose))},
    }
    return tuple(said[fault] for fault in spot.faults)


def told_sum(graph: Graph) -> str:
    """How many places are marked, in a sentence."""
    faults = sum(len(spot.faults) for spot in graph.spots)
    if not faults:
        return _("Every situation can be reached and comes to an ending.")
    return ngettext("%(faults)s place is marked red.", "%(faults)s places are marked red.", faults) % {
        "faults": faults
    }


class GraphData(View):
    """What `graph.js` draws: {nodes, edges, stages, start, said}.

    Posted may be a node as its form stands just now, {node, choices: [{id, next}], next} as JSON: then the graph is
    that of the draft with this node leading there. Nothing is stored.
    """

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.answer(request, pk, {})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if len(request.body) > MOST_BYTES:
            return JsonResponse({}, status=413)
        try:
            return self.answer(request, pk, as_table(load(request.body.decode())))
        except (ScenarioInvalid, UnicodeDecodeError):
            return JsonResponse({}, status=400)

    def answer(self, request: HttpRequest, pk: int, typed: Mapping[str, Any]) -> HttpResponse:
        check_author(request)
        draft = get_object_or_404(ScenarioDraft, pk=pk)
        graph = graph_of(_with_typed(document_of(draft), typed))
        response = JsonResponse(_as_json(graph, draft.pk))
        response["Cache-Control"] = "no-store"
        return response


def _with_typed(document: dict[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the ways of one node as they were typed."""
    ways = {"choices": as_rows(typed.get("choices")), "next": typed.get("next")}
    nodes = [
        node | ways if typed and node.get("id") == typed.get("node") else node
        for node in as_rows(document.get("nodes"))
    ]
    return document | {"nodes": nodes}


def _as_json(graph: Graph, pk: int) -> dict[str, Any]:
    choices = {spot.id: spot.choices for spot in graph.spots}
    return {
        "nodes": [
            {
                "id": spot.id,
                "name": name_of(spot),
                "kind": spot.kind,
                "stage": spot.stage,
                "halts": spot.halts,
                "url": url_of(spot, pk),
                "faults": told_faults(spot),
            }
            for spot in graph.spots
        ],
        "edges": [
            {
                "source": way.source,
                "target": way.target,
                "label": " ".join(way.choices) if len(way.choices) < choices[way.source] else "",
                "conditional": not way.is_certain,
            }
            for way in graph.ways
        ],
        "stages": list(graph.stages),
        "start": graph.start,
        "said": told_sum(graph),
    }
