"""The documents hold: links lead somewhere, commands exist, labels are on the site, pictures are what is drawn."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.utils.translation import trans_real
from PIL import Image

from scripts.draw_floors import PICTURE, House, draw, read_house
from scripts.screenshots import MOST_BYTES, read_shots

ROOT = Path(settings.BASE_DIR)
PICTURES = ROOT / "docs" / "pictures"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GUIDES = sorted((ROOT / "docs").glob("*.zh.md"))
READMES = (ROOT / "README.md", ROOT / "README.zh.md")

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
LABEL = re.compile(r"「([^」]+)」")
HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{3,}")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")

# What a worker, mentor, marker, author or administrator meets under these very names.
FORMATS = {
    "Aiken",
    "GIFT",
    "Moodle",
    "QTI",
    "XML",
    "Word",
    "django",
    "quiz",
    "app",
}  # names that have no Chinese
HOUSEHOLD = {
    "PDF",
    "JSON",
    "ZIP",
    "CSV",
    "XLSX",
    "DOCX",
    "Excel",
    "MP4",
    "WebM",
    "SVG",
    "PNG",
    "JPG",
    "WebP",
    "JavaScript",
}


def shown(path: Path) -> str:
    """A document without what stands in code."""
    return INLINE_CODE.sub("", FENCE.sub("", path.read_text(encoding="utf-8")))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_and_picture_leads_somewhere(path: Path) -> None:
    broken = []
    for target in links_of(path):
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        if not found.exists() or (anchor and anchor not in anchors_of(found)):
            broken.append(target)
    assert broken == []


def links_of(path: Path) -> list[str]:
    """Relative targets; addresses of other sites are not ours to keep."""
    found = [one or other for one, other in LINK.findall(shown(path))]
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def anchors_of(path: Path) -> set[str]:
    """Fragments of a Markdown file, as GitHub and others make them from its headings."""
    headings = HEADING.findall(FENCE.sub("", path.read_text(encoding="utf-8")))
    bare = [re.sub(r"[^\w\- ]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", each)) for each in headings]
    return {each.strip().lower().replace(" ", "-") for each in bare}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_quoted_command_exists(path: Path) -> None:
    wrong = [line for line in commands_in(path) if not command_is_known(line)]
    assert wrong == []


def commands_in(path: Path) -> Iterator[str]:
    """Lines of code blocks that call manage.py or make."""
    for block in FENCE.findall(path.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith((".venv/bin/python manage.py ", "make ")):
                yield line


def command_is_known(line: str) -> bool:
    """The command exists and knows each of its options; what stands in [brackets] may be left out."""
    words = [word.strip("[]") for word in shlex.split(line.partition(" # ")[0])]
    if words[0] == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        return all(re.search(rf"^{word}:", makefile, re.MULTILINE) for word in words[1:] if "=" not in word)
    name = words[2]
    app = get_commands().get(name)
    if app is None:
        return False
    command: Any = load_command_class(app, name) if isinstance(app, str) else app
    options = command.create_parser("manage.py", name)._option_string_actions
    return all(word.partition("=")[0] in options for word in words[3:] if word.startswith("--"))


@pytest.mark.parametrize("path", [*GUIDES, ROOT / "README.zh.md"], ids=name_of)
def test_every_quoted_label_is_on_the_site(path: Path) -> None:
    """「…」 is kept for what stands on a button, a heading or a field; “…” for everything else."""
    said, patterns = chinese_of_the_site()
    quoted = set(LABEL.findall(shown(path)))
    unknown = [each for each in quoted - said if not any(pattern.fullmatch(each) for pattern in patterns)]
    assert unknown == []


def chinese_of_the_site() -> tuple[set[str], list[re.Pattern[str]]]:
    """Every Chinese message of ours, of Wagtail, allauth and Django: as it is, and as a pattern where values go in."""
    catalogue = trans_real.translation("zh-hans")._catalog  # type: ignore[attr-defined]
    values = {re.sub(r"<[^>]+>", "", text) for _key, text in catalogue.items() if isinstance(text, str)}
    said = {text.replace("%%", "%").strip() for text in values if not PLACEHOLDER.search(text)}
    told = [PLACEHOLDER.split(text.replace("%%", "%")) for text in values if PLACEHOLDER.search(text)]
    patterns = [
        re.compile(".+?".join(re.escape(part) for part in parts))
        for parts in told
        if len(HAN.findall("".join(parts))) >= 2
    ]
    return said, patterns


@pytest.mark.parametrize("path", [path for path in GUIDES if path.name != "operator.zh.md"], ids=name_of)
def test_a_guide_speaks_chinese(path: Path) -> None:
    """The site speaks Chinese, so its guides quote no English; the operator alone meets names of programs."""
    text = re.sub(r"\]\([^)]+\)|<[^>]+>", "", shown(path))
    assert set(LATIN.findall(text)) - HOUSEHOLD - FORMATS == set()


def test_operators_guide_names_every_setting_of_the_environment() -> None:
    guide = (ROOT / "docs" / "operator.zh.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(\w+)` \|", guide, re.MULTILINE))
    read = {
        name
        for settings_file in ("base.py", "production.py")
        for name in re.findall(
            r"env(?:\.\w+)?\(\s*\"(\w+)\"", (ROOT / "cms" / "settings" / settings_file).read_text("utf-8")
        )
    }
    assert told == read


def test_both_readmes_give_the_same_commands_logins_and_pictures() -> None:
    english, chinese = (readme.read_text(encoding="utf-8") for readme in READMES)
    for pattern in (r"^(?:make|\.venv/).*?(?= #|$)", r"\d{4}-\d{4}", r"docs/pictures/[\w.-]+"):
        found = [Counter(re.findall(pattern, text, re.MULTILINE)) for text in (english, chinese)]
        assert found[0] == found[1]
        assert found[0]


def test_glossary_is_in_the_order_of_its_english_terms() -> None:
    rows = re.findall(r"^\| \*\*(.+?)\*\* ", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE)
    assert len(rows) > 15
    assert rows == sorted(rows, key=str.casefold)


def test_pictures_are_small_used_and_listed() -> None:
    files = {path.name for path in PICTURES.iterdir()}
    used = {Path(target).name for path in DOCUMENTS for target in links_of(path) if "pictures/" in target}
    assert files == used
    assert files - {PICTURE.name} == {shot.file for shot in read_shots()}
    too_big = [path.name for path in PICTURES.iterdir() if path.stat().st_size > MOST_BYTES]
    assert too_big == []
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) <= 4 * 1024 * 1024


def test_pictures_are_as_wide_as_their_shot_says() -> None:
    """A phone is drawn at double density."""
    drawn = {shot.file: Image.open(PICTURES / shot.file).width for shot in read_shots()}
    assert drawn == {shot.file: {390: 780, 1280: 1280}[shot.width] for shot in read_shots()}


@pytest.fixture(scope="module")
def house() -> House:
    return read_house()


def test_floors_are_drawn_as_the_code_stands(house: House) -> None:
    assert PICTURE.read_text(encoding="utf-8") == draw(house), (
        "an import between rooms came or went: run .venv/bin/python scripts/draw_floors.py"
    )


def test_architecture_page_lists_every_room_on_its_floor(house: House) -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| (\d+) \| \[`(\w+)/`\]", page, re.MULTILINE)
    top = len(house.floors)
    assert told == [(str(top - place), room) for place, floor in enumerate(house.floors) for room in floor]


def test_an_import_that_goes_changes_the_picture(house: House) -> None:
    other = House(house.floors, house.imports - {("cms", "core")}, house.pure)
    assert draw(other) != draw(house)
