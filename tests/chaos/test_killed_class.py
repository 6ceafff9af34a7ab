"""The demo's induction class gets its certificates from the browser while the worker is killed twice (issue 8).

Everything is as an operator has it: the demo's own folder, the development server, one worker with its beat.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright
from pypdf import PdfReader

from cms.demo.organisation import DEMO_PASSWORD
from tests.processes import ROOT, running

PEOPLE = 200
PROPOSER, APPROVER = "2011-0056", "2003-0009"
LONGEST = 600  # seconds for trial and issue together, on a machine that does other things too
WORKER = ["celery", "-A", "cms", "worker", "-B", "-c", "2", "--loglevel", "ERROR"]


def test_whole_class_is_certified_though_its_worker_is_killed_twice(tmp_path: Path) -> None:
    site = Site(tmp_path / "var")
    manage(site, "demo", "--no-serve")
    with site.served() as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        with running(WORKER, site.environment):
            batch = propose(signed_in(chromium, address, PROPOSER))
            site.wait_until(batch, PEOPLE, "ready")
            approve(signed_in(chromium, address, APPROVER), batch)
            site.wait_until(batch, PEOPLE // 5, "released")
            kill_workers(site)
        with running(WORKER, site.environment):
            site.wait_until(batch, PEOPLE // 2, "released")
            kill_workers(site)
        with running(WORKER, site.environment):
            site.wait_until(batch, PEOPLE, "released")
    assert_everything_agrees(site, tmp_path / "out")


class Site:
    """A demo in a folder of its own."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "LANG": "C.UTF-8",
            "QINGLAN_VAR": str(var),
            "DJANGO_SETTINGS_MODULE": "cms.settings.dev",
        }

    @contextmanager
    def served(self) -> Iterator[str]:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with running(["django", "runserver", f"127.0.0.1:{port}", "--noreload"], self.environment):
            wait(lambda: answers(port))
            yield f"http://127.0.0.1:{port}"

    def rows(self, batch: int) -> dict[str, int]:
        with closing(sqlite3.connect(next(self.var.glob("*.sqlite3")), timeout=30)) as database:
            told = "SELECT state, COUNT(*) FROM certificates_batchrow WHERE batch_id = ? GROUP BY state"
            return dict(database.execute(told, [batch]).fetchall())

    def wait_until(self, batch: int, count: int, state: str) -> None:
        wait(lambda: self.rows(batch).get(state, 0) >= count)


def propose(page: Page) -> int:
    page.goto("/certificates/propose/?scheme=induction-unit&organisation=QH-04")
    page.locator("[name=title]").fill("2026 秋季岗前集训")
    page.get_by_role("button", name="送审").click()
    page.wait_for_url("**/certificates/batches/*/")
    return int(page.url.rstrip("/").rpartition("/")[2])


def approve(page: Page, batch: int) -> None:
    page.goto(f"/certificates/batches/{batch}/")
    page.locator("[name=count]").fill(str(PEOPLE))
    page.locator("[name=seen]").check()
    page.get_by_role("button", name="签发").click()
    page.wait_for_load_state()


def signed_in(chromium: Any, address: str, staff_number: str) -> Page:
    page: Page = chromium.new_context(base_url=address, locale="zh-CN").new_page()
    page.set_default_timeout(120_000)
    page.goto("/accounts/login/")
    page.fill("input[name=login]", staff_number)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{address}/")
    return page


def kill_workers(site: Site) -> None:
    """SIGKILL to everything of this site's worker, its children and its press included."""
    mark = f"QINGLAN_VAR={site.var}".encode()
    for process in Path("/proc").iterdir():
        try:
            ours = mark in (process / "environ").read_bytes()
            if ours and b"celery" in (process / "cmdline").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)
        except (OSError, ValueError):
            continue


def assert_everything_agrees(site: Site, out: Path) -> None:
    for command in ("audit_log_verify", "check_consistency"):
        manage(site, command)
    told = json.loads(
        manage(site, "export_certificates", "--out", str(out), "--scheme", "induction-unit", "--json")
    )
    files = sorted(out.glob("*.pdf"))
    assert told["exported"] == len(files) == PEOPLE
    assert all(len(PdfReader(file).pages) == 1 for file in files)
    numbers = sorted(int(file.stem.split("-")[4]) for file in files)
    assert numbers == list(range(numbers[0], numbers[0] + PEOPLE))


def manage(site: Site, *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=site.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def answers(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def wait(until: Any) -> None:
    end = time.monotonic() + LONGEST
    while not until():
        if time.monotonic() > end:
            pytest.fail(f"still not so after {LONGEST} s")
        time.sleep(0.5)
