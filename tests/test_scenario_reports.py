"""The pages about the shipped scenarios say what their checks say, and nothing else lies beside them."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from django.utils import translation

from scripts.scenario_reports import TARGET, pages


@pytest.fixture(scope="module")
def written() -> Iterator[dict[str, str]]:
    with translation.override("zh-hans"):
        yield pages()


def test_pages_are_those_of_the_shipped_reports(written: dict[str, str]) -> None:
    stored = {file.name: file.read_text(encoding="utf-8") for file in TARGET.iterdir()}
    assert stored == written, (
        "a scenario or its report changed: run .venv/bin/python scripts/scenario_reports.py"
    )


def test_every_picture_of_a_page_is_there_and_well_formed(written: dict[str, str]) -> None:
    drawn = {name for name in written if name.endswith(".svg")}
    named = {name for name in drawn if any(f"]({name})" in text for text in written.values())}
    assert drawn == named
    for name in drawn:
        assert ElementTree.fromstring(written[name]).tag.endswith("svg")  # noqa: S314 - our own
