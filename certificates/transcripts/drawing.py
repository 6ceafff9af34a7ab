"""The radar of the eight leaves as SVG for paper, painted by attributes."""

from __future__ import annotations

from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from competencies.radar import Axis, DrawnAxis, Radar, draw

NO_EVIDENCE = "证据不足"
_DASHED = SafeString(' stroke-dasharray="3 3"')
_TEXT = 'font-family="Noto Serif CJK SC" text-anchor="middle"'


def leaf_radar(leaves: list[dict[str, str]]) -> SafeString:
    """The picture of leaves with their scores as text; a leaf without one has a dashed axis and no vertex."""
    scores = ((leaf["title"], Decimal(leaf["score"]) if leaf["score"] else None) for leaf in leaves)
    radar = draw(Axis(title, score) for title, score in scores)
    spoken = "、".join(f"{leaf['title']}{leaf['score'] or NO_EVIDENCE}" for leaf in leaves)
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{}" role="img" aria-label="八项能力：{}">{}{}{}</svg>',
        radar.view_box,
        spoken,
        _web(radar),
        _shape(radar),
        format_html_join("", "{}", ((_label(axis),) for axis in radar.axes)),
    )


def _web(radar: Radar) -> SafeString:
    rings = format_html_join(
        "",
        '<polygon points="{}" fill="none" stroke="#c9c1ae" stroke-width=".7"/>',
        ((ring,) for ring in radar.rings),
    )
    spokes = format_html_join(
        "",
        '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="#a49b87" stroke-width=".7"{}/>',
        ((radar.x, radar.y, axis.x, axis.y, "" if axis.dot else _DASHED) for axis in radar.axes),
    )
    return rings + spokes


def _shape(radar: Radar) -> SafeString:
    filled = (
        format_html('<polygon points="{}" fill="#0f6b66" fill-opacity=".12"/>', radar.shape)
        if radar.shape
        else ""
    )
    edges = format_html_join(
        "",
        '<polyline points="{}" fill="none" stroke="#0f6b66" stroke-width="1.8"/>',
        ((edge,) for edge in radar.edges),
    )
    dots = format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="3" fill="#0f6b66"/>',
        ((axis.dot.x, axis.dot.y) for axis in radar.axes if axis.dot),
    )
    return SafeString(filled) + edges + dots


def _label(axis: DrawnAxis) -> SafeString:
    title = format_html_join(
        "",
        '<text x="{}" y="{}" font-size="14" fill="#1d2829" ' + _TEXT + ">{}</text>",
        ((line.x, line.y, line.text) for line in axis.label),
    )
    figure = format_html(
        '<text x="{}" y="{}" font-size="13" fill="{}" ' + _TEXT + ">{}</text>",
        axis.figure.x,
        axis.figure.y,
        "#25335f" if axis.value else "#4a5453",
        axis.value or NO_EVIDENCE,
    )
    return title + figure
