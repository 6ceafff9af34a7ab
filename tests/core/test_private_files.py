"""Files behind a predicate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import Http404

from core import private_files
from core.hashing import sha256_hex

CONTENT = "结业证书".encode()


@pytest.fixture(autouse=True)
def root(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.PRIVATE_ROOT = tmp_path
    private_files.storage.cache_clear()
    yield tmp_path
    private_files.storage.cache_clear()


def store() -> private_files.StoredFile:
    return private_files.store(CONTENT, folder="certificates", suffix=".pdf")


def respond(path: str, *, allowed: bool = True) -> Any:
    return private_files.respond(path, allowed=allowed, filename="证书 1.pdf", content_type="application/pdf")


def test_store_names_a_file_by_its_hash() -> None:
    stored = store()
    digest = sha256_hex(CONTENT)
    assert stored == private_files.StoredFile(
        path=f"certificates/{digest[:2]}/{digest}.pdf", sha256=digest, size=12
    )
    assert private_files.read(stored.path) == CONTENT


def test_store_twice_is_one_file(root: Path) -> None:
    assert store() == store()
    assert len([path for path in root.rglob("*") if path.is_file()]) == 1


def test_half_written_file_is_replaced(root: Path) -> None:
    """faults.md row 16: what a full disk left behind is not served for ever."""
    stored = store()
    (root / stored.path).write_bytes(CONTENT[:3])
    assert store() == stored
    assert private_files.read(stored.path) == CONTENT


def test_read_of_an_erased_file_says_so(root: Path) -> None:
    stored = store()
    (root / stored.path).unlink()
    with pytest.raises(FileNotFoundError):
        private_files.read(stored.path)


def test_private_root_is_not_where_the_web_server_looks(settings: Any) -> None:
    from cms.settings import base

    assert not Path(base.PRIVATE_ROOT).is_relative_to(base.MEDIA_ROOT)
    assert not Path(base.PRIVATE_ROOT).is_relative_to(base.STATIC_ROOT)


def test_respond_downloads_and_keeps_out_of_caches() -> None:
    response = respond(store().path)
    assert b"".join(response.streaming_content) == CONTENT
    assert response["Content-Disposition"] == "attachment; filename*=UTF-8''%E8%AF%81%E4%B9%A6%201.pdf"
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize("allowed", [True, False])
def test_absent_and_forbidden_file_answer_alike(allowed: bool) -> None:
    with pytest.raises(Http404):
        respond("certificates/aa/none.pdf", allowed=allowed)
    if not allowed:
        with pytest.raises(Http404):
            respond(store().path, allowed=False)


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/passwd", "certificates/../../secret.txt"])
def test_path_out_of_the_private_root_is_refused(root: Path, path: str) -> None:
    (root.parent / "secret.txt").write_text("secret")
    with pytest.raises(Exception, match=r"outside|SuspiciousFileOperation|located"):
        private_files.read(path)
