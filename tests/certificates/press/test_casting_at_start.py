"""A worker has the fonts before its first certificate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from celery.signals import worker_ready

from certificates import tasks  # noqa: F401 -- whoever works for certificates listens
from certificates.press import foundry


def test_worker_cuts_the_fonts_when_it_starts(tmp_path: Path, settings: Any, monkeypatch: Any) -> None:
    settings.FONTS_DIR = tmp_path
    monkeypatch.setattr(foundry, "cut", lambda source: b"cut")
    foundry.fonts.cache_clear()
    worker_ready.send(sender=None)
    foundry.fonts.cache_clear()  # nobody prints with what stood in for the fonts
    assert len(list(tmp_path.glob("*/fonts.conf"))) == 1
    assert len(list(tmp_path.glob("*/*.otf"))) == len(foundry.FAMILIES) * len(foundry.WEIGHTS)
