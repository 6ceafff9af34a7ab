"""The facilitator guide as a PDF: a pure function of the pack. The words are the site's language, not the reader's."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from core.pdf import PdfTheme
from simulations.packs.contents import Pack, without_node
from simulations.packs.mapping import BOX_HEIGHT, BOX_WIDTH, map_of

THEME = Path(__file__).parent / "themes" / "guide"


def print_guide(pack: Pack, *, on: date) -> bytes:
    """带教手册 as PDF bytes, dated that day. Some seconds for a long scenario: call it outside transactions."""
    with translation.override(settings.LANGUAGE_CODE):
        html = render_to_string(
            "simulations/packs/guide.html",
            {
                "pack": pack,
                "scenario": pack.scenario,
                "guide": pack.guide,
                "map": map_of(pack.scenario),
                "box_width": BOX_WIDTH,
                "box_height": BOX_HEIGHT,
                "questions": without_node(pack.guide.questions, pack.scenario),
                "watch": without_node(pack.guide.watch, pack.scenario),
                "on": on,
                "issuer_name": settings.ISSUER_NAME,
            },
        )
    return _printed(html)


@lru_cache(maxsize=4)
def _printed(html: str) -> bytes:
    """The same words are the same file: whoever downloads a guide twice does not wait twice."""
    return _theme().render(html)


@cache
def _theme() -> PdfTheme:
    return PdfTheme(THEME, ("guide.css",))
