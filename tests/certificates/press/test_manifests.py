"""theme.json: what is wrong with a theme is said in words, and a broken one stands in nobody's way."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certificates.press.manifests import read_manifest
from certificates.press.theming import (
    THEMES,
    check_theme,
    load_theme,
    theme_faults,
    theme_keys,
    usable_themes,
)
from core.errors import Refusal
from core.hashing import sha256_hex

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """An operator's folder of themes with a copy of the upright page in it, called `own`."""
    shutil.copytree(THEMES / "portrait", tmp_path / "own")
    change(tmp_path / "own", lambda manifest: manifest.update(key="own", title="自有"))
    settings.THEMES_ROOT = str(tmp_path)
    yield tmp_path
    load_theme.cache_clear()


def change(root: Path, how: Change) -> None:
    manifest = json.loads((root / "theme.json").read_text(encoding="utf-8"))
    how(manifest)
    (root / "theme.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_a_folder_of_the_operator_is_found_beside_the_houses_own(folder: Path) -> None:
    assert theme_keys() == ["standard", "card", "own", "portrait", "transcript"]
    assert [theme.key for theme in usable_themes()] == ["standard", "card", "own", "portrait"]
    assert theme_faults() == {}


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (lambda m: m.pop("title"), "“title” is missing: ≤ 40."),
        (lambda m: m.update(photo="maybe"), "“photo” is wrong: none | optional | required."),
        (lambda m: m.update(key="other"), "“key” must be the name of the folder, own."),
        (lambda m: m["qr"].update(border=1), '“qr” is wrong: {"size_mm": ≥ 18'),
        (lambda m: m.update(marks=["stamp"]), "“marks” is wrong: seal, signature."),
        (lambda m: m["page"].pop("sheets"), "“page” is wrong"),
        (lambda m: m["assets"].update({"ground.svg": "0" * 64}), "The picture ground.svg is not the one"),
        (lambda m: m["assets"].pop("ground.svg"), "The file ground.svg is not named in theme.json."),
        (lambda m: m["stylesheets"].append("more.css"), "The file more.css is missing."),
        (
            lambda m: m["assets"].update({"../standard/ground.svg": "0" * 64}),
            "../standard/ground.svg is missing.",
        ),
        (lambda m: m["seals"].update({"青禾区": "other.svg"}), "The seal other.svg is not pinned"),
        (
            lambda m: m.update(status_sentence="国 家 承认"),
            "“国家” must not stand on an internal certificate",
        ),
    ],
)
def test_each_fault_is_said_and_the_other_themes_stay(
    how: Change, said: str, folder: Path, settings: Any
) -> None:
    settings.LANGUAGE_CODE = "en"
    from django.utils import translation

    change(folder / "own", how)
    with translation.override("en"):
        _definition, faults = read_manifest(folder / "own")
        assert said in " ".join(faults)
        assert [theme.key for theme in usable_themes()] == ["standard", "card", "portrait"]
        assert list(theme_faults()) == ["own"]
        with pytest.raises(Refusal, match="“own”"):
            check_theme("own")


def test_a_picture_changed_after_it_was_pinned_is_refused(folder: Path) -> None:
    ground = folder / "own" / "ground.svg"
    ground.write_text(ground.read_text() + "<!-- -->", encoding="utf-8")
    assert list(theme_faults()) == ["own"]


@pytest.mark.parametrize("content", ["", "[]", "{", '{"key": "own"}'])
def test_a_manifest_that_is_none_is_named(content: str, folder: Path) -> None:
    (folder / "own" / "theme.json").write_text(content, encoding="utf-8")
    assert list(theme_faults()) == ["own"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{{ holder.name }}", ""),
        ("{{ qr_svg }}", ""),
        ("特发此证", "全国通用"),
        ("{% endif %}", "{% endfi %}"),
    ],
)
def test_a_template_without_what_a_certificate_needs_is_refused(
    before: str, after: str, folder: Path
) -> None:
    template = folder / "own" / "certificate.html"
    template.write_text(template.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    assert list(theme_faults()) == ["own"]


def test_a_theme_of_the_house_cannot_be_replaced_from_outside(folder: Path) -> None:
    shutil.copytree(folder / "own", folder / "standard")
    assert load_theme("standard").pdf.root == THEMES / "standard"


def test_the_transcript_is_no_theme_for_certificates() -> None:
    with pytest.raises(Refusal):
        check_theme("transcript")


def test_every_theme_of_the_house_is_pinned() -> None:
    for theme in usable_themes():
        for name, digest in theme.definition["assets"].items():
            assert sha256_hex((theme.pdf.root / name).read_bytes()) == digest
