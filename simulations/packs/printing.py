"""The facilitator guide as a PDF: a pure function of the pack. The words are the site's language, not the reader's."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from core.hashing import sha256_hex
from core.pdf import PdfTheme
from simulations.packs.contents import Pack, without_node
from simulations.packs.mapping import BOX_HEIGHT, BOX_WIDTH, map_of

THEME = Path(__file__).parent / "themes" / "guide"
STYLE = "guide.css"


def print_guide(pack: Pack, *, on: date) -> bytes:
    """带教手册 as PDF bytes, dated that day. Some seconds for a long scenario: call it outside transactions."""
    return print_words(guide_words(pack, on=on))


def guide_words(pack: Pack, *, on: date) -> str:
    """The guide as HTML, before it is printed."""
    with translation.override(settings.LANGUAGE_CODE):
        return render_to_string(
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


def fingerprint(words: str) -> str:
    """What the print depends on, as a SHA-256: the words and the theme's style."""
    return sha256_hex(words.encode() + (THEME / STYLE).read_bytes())


def print_words(words: str) -> bytes:
    """PDF bytes of the HTML that `guide_words` makes."""
    return _theme().render(words)


@cache
def _theme() -> PdfTheme:
    return PdfTheme(THEME, (STYLE,))
