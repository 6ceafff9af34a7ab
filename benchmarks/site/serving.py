"""A site for the length of a `with` block: its database in a temporary folder, whatever the environment says."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

FROM_OUTSIDE = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "DEBUG")


@contextmanager
def throwaway_site() -> Iterator[Path]:
    """Set Django up on an empty database in a temporary folder, which goes when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="qinglan-bench-"))
    (folder / "static").mkdir()
    for name in FROM_OUTSIDE:
        os.environ.pop(name, None)
    os.environ |= {"QINGLAN_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "benchmarks.site.settings"}
    try:
        django.setup()
        _make_tables()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_tables() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
