"""Drawings that are the same on every page: worked out once in a process, then only put in.

WeasyPrint walks through an SVG anew for every document; a theme's ground of thirty thousand strokes cost more than all
its text. The strokes of a plain drawing are kept here, ready to be put into the next document as a form of their own.
"""

from __future__ import annotations

import math
import re
import zlib
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

import pydyf
from weasyprint.images import SVGImage
from weasyprint.pdf.stream import Stream

_SVG = "{http://www.w3.org/2000/svg}"
_PLAIN_TAGS = {
    _SVG + tag
    for tag in ("svg", "g", "defs", "use", "path", "rect", "circle", "ellipse", "line", "title", "desc")
}
_FURTHER = {"opacity", "clip-path", "mask", "filter", "style", "class"}  # what needs more than strokes
_FINE = 0.04  # CSS pixels: a hundredth of a millimetre, a quarter of what the finest printer sets
_STROKES = (b" m", b" l", b" c", b" v", b" y", b" re")
_NUMBER = re.compile(rb"-?\d+\.\d+")


@lru_cache(maxsize=64)
def drawing(svg: bytes) -> PlainDrawing | None:
    """The drawing of an SVG file, or None when it holds more than plain strokes: then WeasyPrint paints it."""
    try:
        tree = ElementTree.fromstring(svg)  # noqa: S314 -- expat refuses entities that swell
    except ElementTree.ParseError:
        return None
    return PlainDrawing(tree) if all(map(_is_plain, tree.iter())) else None


def _is_plain(element: ElementTree.Element) -> bool:
    further = _FURTHER & element.attrib.keys()
    elsewhere = not element.get("href", "#").startswith("#")
    elsewhere |= any("url(" in value for value in element.attrib.values())
    return element.tag in _PLAIN_TAGS and not further and not elsewhere


class PlainDrawing(SVGImage):
    """An SVG whose strokes are kept from the first time it is painted in a size."""

    def __init__(self, tree: ElementTree.Element) -> None:
        super().__init__(tree, base_url="", url_fetcher=_no_address, context=None)
        self._kept: dict[tuple[float, float], tuple[bytes, dict[str, Any]]] = {}

    def draw(self, stream: Stream, concrete_width: float, concrete_height: float, _style: Any) -> None:
        """Put the drawing into a form of the document (the place and the size are the caller's)."""
        size = (concrete_width, concrete_height)
        # wide enough for strokes that reach over the edge
        form = stream.add_group(-size[0], -size[1], 3 * size[0], 3 * size[1])
        if size not in self._kept:
            self._kept[size] = self._paint(form, size)
        strokes, states = self._kept[size]
        form.stream, form.compress = [strokes], False
        form.extra["Filter"] = "/FlateDecode"
        form.extra["Resources"]["ExtGState"] = pydyf.Dictionary(states)
        del form.extra["Group"]  # plain strokes lie on the page as if they stood there
        stream.draw_x_object(form.id)

    def _paint(self, form: Stream, size: tuple[float, float]) -> tuple[bytes, dict[str, Any]]:
        super().draw(form, *size, None)
        viewbox = self._svg.get_viewbox() or (0, 0, *size)
        places = max(0, math.ceil(math.log10(size[0] / viewbox[2] / _FINE)))
        lines = [
            _rounded(line, places) if line.endswith(_STROKES) else line for line in map(_line, form.stream)
        ]
        return zlib.compress(b"\n".join(lines), 9), dict(form.extra["Resources"]["ExtGState"])


def _rounded(line: bytes, places: int) -> bytes:
    def shorter(found: re.Match[bytes]) -> bytes:
        return b"%g" % round(float(found[0]), places)

    return _NUMBER.sub(shorter, line)


def _line(item: Any) -> bytes:
    return item if isinstance(item, bytes) else str(item).encode()


def _no_address(url: str) -> None:
    raise ValueError("a plain drawing reads nothing")
