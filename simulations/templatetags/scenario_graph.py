"""`{% graph_of draft here as drawing %}`: the graph of a draft in words, for `_graph.html`."""

from __future__ import annotations

from django import template

from simulations.admin.graph import Drawing, drawing_of
from simulations.models import ScenarioDraft

register = template.Library()


@register.simple_tag
def graph_of(draft: ScenarioDraft, here: str = "") -> Drawing:
    """See `drawing_of`."""
    return drawing_of(draft, here or "")
