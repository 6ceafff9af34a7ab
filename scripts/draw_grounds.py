"""Draws the grounds of the certificate themes: a guilloche frame, corner rosettes and a faint flower in the middle.

    .venv/bin/python scripts/draw_grounds.py

writes ground.svg into the themes that have one drawn here, and says its SHA-256 for theme.json ("assets"). All lengths
are millimetres; everything is plain paths painted by attributes, because that is what WeasyPrint paints fastest.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from math import cos, pi, sin, tau
from pathlib import Path

THEMES = Path(__file__).parent.parent / "certificates" / "themes"
GREEN, BLUE = "#0f6b66", "#2f4178"


@dataclass(frozen=True)
class Page:
    """A sheet: `frame` is where the outer rule runs, `band` how wide the guilloche between the rules is."""

    width: float
    height: float
    frame: float
    band: float


def number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def points(*values: float) -> str:
    return " ".join(number(value) for value in values)


def flower(x: float, y: float, long: float, short: float, petals: int) -> str:
    """Ellipses turned about one centre."""
    paths = {GREEN: "", BLUE: ""}
    for petal in range(petals):
        turn = pi * petal / petals
        dx, dy = long * cos(turn), long * sin(turn)
        degrees = number(180 * petal / petals)
        arc = f"A{points(long, short)} {degrees} 1 1 "
        paths[BLUE if petal % 2 else GREEN] += (
            f"M{points(x + dx, y + dy)}{arc}{points(x - dx, y - dy)}{arc}{points(x + dx, y + dy)}"
        )
    return "".join(f'<path stroke="{colour}" d="{path}"/>' for colour, path in paths.items())


def run(start: float, end: float, axis: float, reach: float, *, upright: bool, waves: int) -> str:
    """One line of waves to and fro about an axis."""
    step = (end - start) / waves / 2
    bows = []
    for sign in (1, -1):
        first, then = (sign * reach, step / 2), step
        bow = (
            points(first[0], first[1]) + " " + points(0, then)
            if upright
            else points(first[1], first[0]) + " " + points(then, 0)
        )
        rest = f"t{points(0, then)}" if upright else f"t{points(then, 0)}"
        begin = f"M{points(axis, start)}" if upright else f"M{points(start, axis)}"
        bows.append(f"{begin}q{bow}{rest * (2 * waves - 1)}")
    return "".join(bows)


def rosette(x: float, y: float, radius: float, petals: int = 9) -> str:
    """A small flower for a corner, with rings that hold it together."""
    turned = flower(x, y, radius, radius * 0.42, petals)
    rings = "".join(
        f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius * share)}" stroke="{BLUE}"/>'
        for share in (1, 0.62)
    )
    heart = f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius * 0.3)}" fill="#fdfaf1" stroke="{GREEN}"/>'
    return turned + rings + heart


def rectangle(inset: float, page: Page) -> str:
    wide, high = page.width - 2 * inset, page.height - 2 * inset
    return f"M{points(inset, inset)}h{number(wide)}v{number(high)}h{number(-wide)}z"


def rules(page: Page, thick: float, thin: float) -> str:
    """文武边, outside and inside of the band."""
    inner = page.frame + page.band + 2 * (thick + thin) + 0.9
    return (
        f'<g fill="none"><path stroke="{GREEN}" stroke-width="{thick}" '
        f'd="{rectangle(page.frame, page)}{rectangle(inner, page)}"/>'
        f'<path stroke="{BLUE}" stroke-width="{thin}" '
        f'd="{rectangle(page.frame + thick + 0.3, page)}{rectangle(inner - thick - 0.4, page)}"/></g>'
    )


def framed(page: Page, *, line: float, flower_reach: float, wave: float = 5.9) -> str:
    """A whole sheet with frame, band, corners and flower."""
    middle = page.frame + page.band / 2 + 1.1
    bows = {GREEN: "", BLUE: ""}
    edge = middle + page.band * 0.48
    for upright, length, far in ((False, page.width, page.height), (True, page.height, page.width)):
        waves = round((length - 2 * edge) / wave / 2) * 2
        for axis in (middle, far - middle):
            for share, colour in ((0.84, GREEN), (0.66, GREEN), (0.48, BLUE), (0.3, BLUE)):
                bows[colour] += run(
                    edge, length - edge, axis, page.band * share, upright=upright, waves=waves
                )
    corners = "".join(
        rosette(x, y, page.band * 0.46)
        for x in (middle, page.width - middle)
        for y in (middle, page.height - middle)
    )
    centre = flower(page.width / 2, page.height / 2, flower_reach, flower_reach * 0.38, 18)
    return svg(
        page,
        f'<g fill="none" stroke-width=".13" stroke-opacity=".14">{centre}</g>'
        f'<g fill="none" stroke-width="{line}">'
        + "".join(f'<path stroke="{colour}" d="{path}"/>' for colour, path in bows.items())
        + f"{corners}</g>{rules(page, 0.8, 0.22)}",
    )


def card(page: Page, *, banded: bool) -> str:
    """A wallet card: a thin double rule, and on the front a band of guilloche along the foot."""
    inner = page.frame + 0.75
    frame = (
        f'<g fill="none"><path stroke="{GREEN}" stroke-width=".45" d="{rectangle(page.frame, page)}"/>'
        f'<path stroke="{BLUE}" stroke-width=".12" d="{rectangle(inner, page)}"/></g>'
    )
    heart = flower(page.width * 0.68, page.height * 0.5, 22, 22 * 0.38, 18)
    ground = f'<g fill="none" stroke-width=".09" stroke-opacity=".16">{heart}</g>'
    if not banded:
        return svg(page, ground + frame)
    start, end, axis = inner, page.width - inner, page.height - page.frame - 3.1
    bows = {GREEN: "", BLUE: ""}
    for share, colour in ((3.6, GREEN), (2.7, GREEN), (1.8, BLUE), (0.9, BLUE)):
        bows[colour] += run(start, end, axis, share, upright=False, waves=22)
    band = "".join(f'<path stroke="{colour}" d="{path}"/>' for colour, path in bows.items())
    return svg(page, f'{ground}<g fill="none" stroke-width=".09" stroke-opacity=".75">{band}</g>{frame}')


def headed(page: Page) -> str:
    """A plain sheet: a strip of guilloche between double rules at the head, a faint flower low on the right."""
    left, right = 18.0, page.width - 18.0
    bows = {GREEN: "", BLUE: ""}
    for share, colour in ((4.2, GREEN), (3.2, GREEN), (2.2, BLUE), (1.1, BLUE)):
        bows[colour] += run(left, right, 13.2, share, upright=False, waves=28)
    band = "".join(f'<path stroke="{colour}" d="{path}"/>' for colour, path in bows.items())
    lines = (
        f'<g fill="none"><path stroke="{GREEN}" stroke-width=".7" d="M{left} 10.1H{right}M{left} 16.3H{right}"/>'
        f'<path stroke="{BLUE}" stroke-width=".2" d="M{left} 10.9H{right}M{left} 15.5H{right}"/></g>'
    )
    heart = flower(page.width - 52, page.height - 62, 44, 44 * 0.38, 18)
    return svg(
        page,
        f'<g fill="none" stroke-width=".13" stroke-opacity=".1">{heart}</g>'
        f'<g fill="none" stroke-width=".12">{band}</g>{lines}',
    )


def svg(page: Page, inside: str) -> str:
    size = f'width="{page.width}mm" height="{page.height}mm" viewBox="0 0 {page.width} {page.height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{inside}\n</svg>\n'


def main() -> None:
    portrait, small = Page(210, 297, 7.1, 9), Page(85.6, 54, 2, 6)
    drawn = {
        "portrait/ground.svg": framed(portrait, line=0.13, flower_reach=tau * 12),
        "card/front.svg": card(small, banded=True),
        "card/back.svg": card(small, banded=False),
        "transcript/ground.svg": headed(Page(210, 297, 0, 0)),
    }
    for name, content in drawn.items():
        (THEMES / name).write_text(content, encoding="utf-8")
        print(name, hashlib.sha256(content.encode()).hexdigest())


if __name__ == "__main__":
    main()
