"""A guide is printed once a release: what was printed is given out again, by whichever process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage

from core import private_files
from simulations import tasks
from simulations.drafts import store_draft
from simulations.models import ScenarioDraft, ScenarioVersion
from simulations.packs import keeping
from simulations.packs.keeping import kept_guide
from simulations.releasing import release_scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def printed(monkeypatch: Any, tmp_path: Path) -> list[str]:
    """What went to the printer; a private storage of its own."""
    own = FileSystemStorage(location=tmp_path, base_url=None)
    monkeypatch.setattr(private_files, "storage", lambda: own)
    words: list[str] = []

    def note(html: str) -> bytes:
        words.append(html)
        return b"%PDF-" + str(len(words)).encode()

    monkeypatch.setattr(keeping, "print_words", note)
    return words


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.rglob("*") if file.is_file())


def test_guide_of_a_release_is_printed_once(
    version: ScenarioVersion, printed: list[str], tmp_path: Path
) -> None:
    assert tasks.print_guide(version.pk) is True
    assert private_files.read(kept_guide(version)) == b"%PDF-1"
    assert (len(printed), len(files(tmp_path))) == (1, 1)
    assert tasks.print_guide(version.pk + 99) is False


def test_guide_that_was_erased_or_says_something_else_is_printed_again(
    version: ScenarioVersion, printed: list[str], monkeypatch: Any
) -> None:
    private_files.storage().delete(kept_guide(version))
    assert private_files.read(kept_guide(version)) == b"%PDF-2"
    monkeypatch.setattr("simulations.packs.printing.settings.ISSUER_NAME", "另一所学院")
    assert private_files.read(kept_guide(version)) == b"%PDF-3"
    assert "另一所学院" in printed[-1]


def test_two_who_keep_the_same_guide_at_once_leave_one_whole_file(printed: list[str], tmp_path: Path) -> None:
    contents = [bytes([65 + number]) * 500_000 for number in range(8)]
    path = private_files.path_of("a.pdf", folder="guides")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: private_files.put(content, path=path), contents))
    assert files(tmp_path) == ["a.pdf"]
    assert private_files.read(path) in contents


def test_release_has_its_guide_printed_after_the_commit(
    version: ScenarioVersion, now: Any, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.print_guide, "delay", asked.append)
    draft = ScenarioDraft.objects.get(key=version.key)
    with django_capture_on_commit_callbacks(execute=True):
        assert release_scenario(draft=draft, by=None, now=now) == version
    assert asked == []
    document = draft.document.replace("六十二级台阶", "六十三级台阶", 1)
    draft = store_draft(document=document, by=None, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        newer = release_scenario(draft=draft, by=None, now=now)
    assert asked == [newer.pk]
