"""Draw the house: rooms by floor from pyproject.toml, and a line for every room that really imports another.

`.venv/bin/python scripts/draw_floors.py` writes docs/pictures/floors.svg; tests/test_documents.py compares.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "pictures" / "floors.svg"

# What a reader of Chinese calls each room; a room without a word here is drawn with its English name alone.
CHINESE = {
    "cms": "站点",
    "careers": "职业发展",
    "certificates": "证书",
    "courses": "课程",
    "simulations": "推演",
    "assessments": "考试",
    "mentoring": "带教",
    "library": "资料库",
    "competencies": "能力",
    "people": "人员",
    "core": "地基",
}

WIDTH, MARGIN = 372, 12  # the whole picture, in CSS pixels: fits a phone of 390
ROW, BOX_HEIGHT = 50, 40  # one room, and its box
FLOOR_GAP = 6
BOX_LEFT, BOX_WIDTH = 34, 152
FIRST_LANE, LANE = 206, 17  # the riser of the lowest room that imports, and the step to the next one
TOP, BOTTOM = 14, 60

STYLE = """
  .ground{fill:#f6f3ea} .floor{fill:#efeade} .room{fill:#fffdf8;stroke:#857f70}
  text{font-family:"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif;fill:#1d2829}
  .name{font-size:14px;font-weight:600} .word{font-size:12px;fill:#535d5c} .pure{font-size:11px;fill:#0a504c}
  .rail{stroke:#b9b09c;stroke-dasharray:1 3;fill:none} .line{stroke:#2f4178;stroke-width:1.5;fill:none}
  .stop{fill:#2f4178} .start{fill:#fffdf8;stroke:#2f4178;stroke-width:1.5}
  @media (prefers-color-scheme:dark){
    .ground{fill:#151a1b} .floor{fill:#1d2425} .room{fill:#242c2d;stroke:#8d958f}
    text{fill:#e9e6dc} .word{fill:#b3b8b2} .pure{fill:#8fd0c6}
    .rail{stroke:#5d6766} .line{stroke:#a9b7e6} .stop{fill:#a9b7e6} .start{fill:#242c2d;stroke:#a9b7e6}
  }
"""


@dataclass(frozen=True)
class House:
    """Floors from the top down, each with its rooms; who imports whom; packages that know no Django, by room."""

    floors: tuple[tuple[str, ...], ...]
    imports: frozenset[tuple[str, str]]
    pure: dict[str, tuple[str, ...]]

    @property
    def rooms(self) -> tuple[str, ...]:
        """From the top down."""
        return tuple(room for floor in self.floors for room in floor)


def read_house(root: Path = ROOT) -> House:
    """The import contract's floors, and the imports as they stand in the code."""
    contract = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    by_type = {each["type"]: each for each in contract["contracts"]}
    floors = tuple(tuple(name.strip() for name in layer.split("|")) for layer in by_type["layers"]["layers"])
    rooms = tuple(room for floor in floors for room in floor)
    pure: dict[str, tuple[str, ...]] = {}
    for module in by_type["forbidden"]["source_modules"]:
        room, _, package = module.partition(".")
        pure[room] = (*pure.get(room, ()), package)
    imports = frozenset((room, met) for room in rooms for met in _imported(root / room) if met in rooms)
    return House(floors, frozenset(pair for pair in imports if pair[0] != pair[1]), pure)


def draw(house: House) -> str:
    """The picture as SVG: a box per room, a riser per importing room, a stop at every room it imports."""
    places = dict(_places(house))
    last = house.floors[-1]
    height = int(max(places.values()) + BOX_HEIGHT + BOTTOM)
    importers = [room for room in reversed(house.rooms) if any(pair[0] == room for pair in house.imports)]
    lanes = {room: FIRST_LANE + LANE * number for number, room in enumerate(importers)}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-labelledby="t d">',
        '<title id="t">青蓝的楼层 The floors of Qinglan</title>',
        f'<desc id="d">{_spoken(house)}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{height}" rx="8"/>',
    ]
    for number, floor in enumerate(house.floors):
        parts += _floor(floor, places, label=len(house.floors) - number)
    for room in house.rooms:
        parts += _room(room, house, places[room], rail_to=_rail_end(room, house, lanes))
    for room in importers:
        parts += _riser(room, house, places, lanes[room])
    parts += _legend(places[last[0]] + BOX_HEIGHT + 26)
    return "\n".join([*parts, "</svg>", ""])


def _imported(folder: Path) -> set[str]:
    """First parts of every absolute import in a package."""
    return {
        name.split(".")[0]
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _names(node)
    }


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return [node.module]
    return []


def _places(house: House) -> Iterator[tuple[str, int]]:
    """The upper edge of each room's box."""
    y = TOP
    for floor in house.floors:
        for room in floor:
            yield room, y + (ROW - BOX_HEIGHT) // 2
            y += ROW
        y += FLOOR_GAP


def _spoken(house: House) -> str:
    below = {room: [met for met in house.rooms if (room, met) in house.imports] for room in house.rooms}
    return " ".join(f"{room}: {', '.join(met)}." for room, met in below.items() if met)


def _floor(floor: tuple[str, ...], places: dict[str, int], *, label: int) -> list[str]:
    y = places[floor[0]] - (ROW - BOX_HEIGHT) // 2
    height = ROW * len(floor)
    width = WIDTH - 2 * MARGIN + 8
    return [
        f'<rect class="floor" x="{MARGIN - 4}" y="{y}" width="{width}" height="{height}" rx="6"/>',
        f'<text class="word" x="{MARGIN + 5}" y="{y + height // 2 + 4}" text-anchor="middle">{label}</text>',
    ]


def _rail_end(room: str, house: House, lanes: dict[str, int]) -> int:
    return max((lanes[by] for by, met in house.imports if met == room), default=0)


def _room(room: str, house: House, y: int, *, rail_to: int) -> list[str]:
    middle, right = y + BOX_HEIGHT // 2, BOX_LEFT + BOX_WIDTH
    pure = " ".join(house.pure.get(room, ()))
    word = CHINESE.get(room, "")
    parts = [f'<path class="rail" d="M{right} {middle}H{rail_to}"/>'] if rail_to else []
    return [
        *parts,
        f'<rect class="room" x="{BOX_LEFT}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="5"/>',
        f'<text class="name" x="{BOX_LEFT + 9}" y="{y + 17}">{room}</text>',
        f'<text class="word" x="{BOX_LEFT + 9}" y="{y + 33}">{word}</text>',
        f'<text class="pure" x="{right - 8}" y="{y + 33}" text-anchor="end">{pure}</text>' if pure else "",
    ]


def _riser(room: str, house: House, places: dict[str, int], lane: int) -> list[str]:
    """Out of the room's box, down its own lane, a stop beside each room it imports."""
    middle = places[room] + BOX_HEIGHT // 2
    stops = [places[met] + BOX_HEIGHT // 2 for met in house.rooms if (room, met) in house.imports]
    start = BOX_LEFT + BOX_WIDTH
    return [
        f'<path class="line" d="M{start} {middle}H{lane - 5}Q{lane} {middle} {lane} {middle + 5}V{max(stops)}"/>',
        f'<circle class="start" cx="{start}" cy="{middle}" r="3.5"/>',
        *(f'<circle class="stop" cx="{lane}" cy="{stop}" r="4"/>' for stop in stops),
    ]


def _legend(y: int) -> list[str]:
    return [
        f'<circle class="start" cx="{MARGIN + 6}" cy="{y - 4}" r="3.5"/>'
        f'<path class="line" d="M{MARGIN + 10} {y - 4}h24"/>'
        f'<circle class="stop" cx="{MARGIN + 38}" cy="{y - 4}" r="4"/>',
        f'<text class="word" x="{MARGIN + 60}" y="{y}">从左边的房间引到它导入的房间 imports</text>',
        f'<text class="pure" x="{MARGIN}" y="{y + 20}">engine …</text>',
        f'<text class="word" x="{MARGIN + 60}" y="{y + 20}">不含 Django 的纯计算部分 pure packages</text>',
    ]


if __name__ == "__main__":
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(draw(read_house()), encoding="utf-8")
    print(PICTURE.relative_to(ROOT))
