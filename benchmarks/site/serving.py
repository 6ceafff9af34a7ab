"""A site for the length of a `with` block: its database thrown away with it, whatever the environment says."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

FROM_OUTSIDE = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "DEBUG")
POSTGRES = "postgres://postgres@127.0.0.1:5432"
REDIS = "redis://127.0.0.1:6379/14"  # the tests have 15


@contextmanager
def throwaway_site(environment: dict[str, str] | None = None) -> Iterator[Path]:
    """Set Django up on an empty database, SQLite in a temporary folder unless the environment given here names
    another; gives the folder, which goes when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="qinglan-bench-"))
    (folder / "static").mkdir()
    for name in FROM_OUTSIDE:
        os.environ.pop(name, None)
    os.environ |= {"QINGLAN_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "benchmarks.site.settings"}
    os.environ |= environment or {}
    try:
        django.setup()
        _make_tables()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def throwaway_servers() -> Iterator[dict[str, str]]:
    """An empty PostgreSQL database and an empty Redis, both as production has them and both gone with the block; gives
    the environment that names them. Raises the servers' own errors where they do not answer."""
    import psycopg
    import redis

    name, cache = f"qinglan_bench_{os.getpid()}", redis.Redis.from_url(REDIS)
    cache.flushdb()
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield {"DATABASE_URL": f"{POSTGRES}/{name}", "CACHE_URL": REDIS, "CELERY_BROKER_URL": REDIS}
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
            cache.flushdb()


def _make_tables() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
