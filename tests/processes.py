"""Real processes of the product for tests and benchmarks: web workers and Celery workers, ended with their block."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60
END_SECONDS = 20
ASK_HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class WebServer:
    """gunicorn on a port of 127.0.0.1."""

    port: int
    master: int

    def workers(self) -> list[int]:
        """Process ids of the workers that live now."""
        return children_of(self.master)


@contextmanager
def running(command: list[str], environment: Mapping[str, str], **options: object) -> Iterator[int]:
    """A Python module of ours as a process; gives its id. It is ended politely, or else killed, with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=ROOT, env=dict(environment), start_new_session=True, **options
    )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def web_server(
    environment: Mapping[str, str],
    *,
    workers: int = 2,
    preload: bool = False,
    port: int = 0,
    backlog: int = 128,
) -> Iterator[WebServer]:
    """gunicorn with sync workers on this port, or one nobody else has. Raises RuntimeError when it does not start.

    With `preload` the site is loaded before the workers fork, so that a killed one is replaced at once. `backlog` is
    how many connections may wait to be taken; whoever comes on top is kept out without a word.
    """
    with socket.create_server(("127.0.0.1", port), backlog=backlog) as listener:
        descriptor, port = listener.fileno(), int(listener.getsockname()[1])
        command = ["gunicorn", "cms.wsgi", "--workers", str(workers), "--log-level", "critical"]
        command += ["--bind", f"fd://{descriptor}", *(["--preload"] if preload else [])]
        with running(command, environment, pass_fds=[descriptor]) as master:
            listener.close()
            _wait_until_it_answers(port)
            yield WebServer(port, master)


def clock_off_by(offset: str) -> dict[str, str]:
    """What to add to a process's environment for its machine's clock to be wrong by as much, like "+5s".

    Skips the test on a system without libfaketime.
    """
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        pytest.skip("libfaketime is not installed; scripts/system_packages.sh installs it on Debian")
    return {"LD_PRELOAD": str(found[0]), "FAKETIME": offset, "NO_FAKE_STAT": "1"}


def children_of(parent: int) -> list[int]:
    """Ids of the processes that this process started and that still live."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(child) for child in children]


def database_url() -> str:
    """The test's own database, as DATABASE_URL names it."""
    from django.db import connection

    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    user = f"{values['USER']}:{values['PASSWORD']}".rstrip(":")
    return f"postgres://{user}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


def _wait_until_it_answers(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with socket.create_connection(("127.0.0.1", port), timeout=START_SECONDS) as connection:
            connection.sendall(ASK_HEALTH)
            if connection.recv(64).startswith(b"HTTP/1.1 200"):
                return
        time.sleep(0.1)
    raise RuntimeError("the web workers did not start")
