"""gunicorn with two sync workers on a port nobody else has, for as long as a `with` block lasts."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[2]
FROM_OUTSIDE = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "DEBUG")
START_SECONDS = 30


@contextmanager
def throwaway_site() -> Iterator[Path]:
    """Set Django up on an empty database in a temporary folder, which goes when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="qinglan-bench-"))
    for name in FROM_OUTSIDE:
        os.environ.pop(name, None)
    os.environ |= {"QINGLAN_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "benchmarks.site.settings"}
    (folder / "static").mkdir()
    try:
        django.setup()
        _make_tables()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def web_workers(count: int = 2) -> Iterator[int]:
    """Serve the site of this process's environment; gives the port. The workers end with the block."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    descriptor, port = listener.fileno(), int(listener.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "cms.wsgi", "--workers", str(count)]
    command += ["--bind", f"fd://{descriptor}", "--log-level", "warning"]
    process = subprocess.Popen(command, cwd=ROOT, pass_fds=[descriptor])
    listener.close()
    try:
        _wait_until_it_answers(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _make_tables() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with socket.create_connection(("127.0.0.1", port), timeout=START_SECONDS) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            if connection.recv(64).startswith(b"HTTP/1.1 200"):
                return
        time.sleep(0.1)
    raise RuntimeError("the web workers did not start")
