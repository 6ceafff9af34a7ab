"""The printing child: what it may not do, what happens when a page is too heavy, and who it belongs to.

faults.md rows 34 (no connection, no file), 35 (markup in a name is text) and 36 (a page that swells is killed, the next
one prints)."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from django.conf import settings
from django.utils.safestring import mark_safe
from PIL import Image

from certificates.press import Order, PressError
from certificates.press.minding import MEMORY, SECONDS, Minder, minder
from certificates.press.printing import print_here, print_order
from certificates.press.wire import MIB
from tests.certificates.press.ordering import CREDENTIAL, make_order, text_of
from tests.core.test_pdf import ATTACKS, listener  # noqa: F401 -- a fixture

SHORT = 2  # seconds that a heavy page gets; a good one gets the usual time


@pytest.fixture(scope="module")
def press() -> Iterator[Minder]:
    """A child of the tests' own, with little room."""
    own = Minder(memory=320 * MIB)
    yield own
    own.stop()


def swollen_table() -> Order:
    row = {"title": "数据分析", "basis": "课程学完", "result": "6 学时"}
    return make_order(modules=[row] * 20_000)


def deep_nest() -> Order:
    return make_order(qr_svg=mark_safe("<div>" * 5_000))  # noqa: S308


def endless_drawing() -> Order:
    many = "".join(f'<g id="g{n}"><use href="#g{n - 1}"/><use href="#g{n - 1}"/></g>' for n in range(1, 40))
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><g id="g0"><path d="M0 0h9"/></g>{many}</svg>'
    return make_order(pictures={"seal.svg": drawing.encode()})


def enormous_picture() -> Order:
    out = BytesIO()
    Image.new("P", (12_000, 12_000)).save(out, "PNG")  # unpacked to red, green and blue: 400 MiB
    return make_order(pictures={"seal.png": out.getvalue()})


BOMBS = {
    "table": swollen_table,
    "nesting": deep_nest,
    "drawing": endless_drawing,
    "picture": enormous_picture,
}


def test_limits_are_those_promised() -> None:
    assert (minder.seconds, minder.memory) == (SECONDS, MEMORY) == (20, 512 * MIB)


@pytest.mark.parametrize("bomb", BOMBS)
def test_page_that_swells_is_given_up_and_the_next_one_prints(
    press: Minder, bomb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = BOMBS[bomb]()
    press.start()
    begun = monotonic()
    monkeypatch.setattr(press, "seconds", SHORT)
    with pytest.raises(PressError):
        press.ask(order)
    monkeypatch.undo()
    assert monotonic() - begun < SHORT + 2
    assert "许知秋" in text_of(press.ask(make_order()).pdf)


def test_child_prints_what_the_process_itself_would(press: Minder) -> None:
    order = make_order(attachments=(CREDENTIAL,))
    assert press.ask(order) == print_here(order) == print_order(order)


def test_name_with_markup_is_printed_as_it_stands(press: Minder) -> None:
    name = "<img src=http://x/>张三<style>*{display:none}</style>"
    assert name.replace(" ", "") in text_of(press.ask(make_order(name=name)).pdf)


@pytest.mark.parametrize("attack", ATTACKS)
def test_child_opens_no_connection(press: Minder, listener: Any, attack: str) -> None:  # noqa: F811
    """Even where a theme forgot to escape."""
    address, visits = listener
    with suppress(PressError):
        press.ask(make_order(qr_svg=mark_safe(ATTACKS[attack].format(web=address))))  # noqa: S308
    assert visits == []


def test_refused_address_is_told_and_costs_no_child(press: Minder) -> None:
    press.start()
    child = press.process
    with pytest.raises(PressError, match="address refused"):
        press.ask(make_order(qr_svg=mark_safe('<img src="http://127.0.0.1/x.png">')))
    assert press.process is child


@pytest.mark.parametrize(
    "deed",
    [
        "import socket; socket.create_connection(('127.0.0.1', PORT), 2)",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:PORT/')",
        "open('/tmp/written-by-the-child', 'w')",
        "import pathlib; pathlib.Path('/tmp/written-by-the-child').write_text('x')",
        "import os; os.open('/tmp/written-by-the-child', os.O_CREAT | os.O_WRONLY)",
        "import os; os.rename('/tmp/none', '/tmp/other')",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.fork()",
    ],
)
def test_behind_locked_doors_nothing_is_written_or_called(listener: Any, deed: str) -> None:  # noqa: F811
    address, visits = listener
    program = f"""
from certificates.press.child import lock_doors
lock_doors({512 * MIB})
try:
    {deed.replace("PORT", address.rpartition(":")[2])}
except OSError as error:
    print("refused", type(error).__name__)
else:
    print("done")
"""
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=settings.BASE_DIR, check=True
    )
    assert told.stdout.startswith("refused")
    assert visits == []
    assert not Path("/tmp/written-by-the-child").exists()


def test_memory_is_counted() -> None:
    program = (
        f"from certificates.press.child import lock_doors\nlock_doors({256 * MIB})\nbytearray({256 * MIB})"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=settings.BASE_DIR, check=False
    )
    assert told.stderr.rstrip().endswith("MemoryError")


def test_child_knows_no_secret(press: Minder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "canary-of-the-press")
    monkeypatch.setenv("DATABASE_URL", "postgres://canary-of-the-press/")
    press.stop()
    press.start()
    assert press.process is not None
    known = Path(f"/proc/{press.process.pid}/environ").read_bytes()
    assert b"canary-of-the-press" not in known
    assert b"SECRET" not in known


def test_every_process_has_its_own_child(press: Minder) -> None:
    press.start()
    assert press.process is not None
    ours = press.process.pid
    context = multiprocessing.get_context("fork")
    said: Any = context.Queue()

    def work() -> None:
        minder.start()
        said.put(minder.process.pid if minder.process else 0)
        minder.stop()

    minder.start()
    assert minder.process is not None
    forked = context.Process(target=work)
    forked.start()
    theirs = said.get(timeout=60)
    forked.join()
    assert theirs not in (0, ours, minder.process.pid)
    assert "许知秋" in text_of(print_order(make_order()).pdf)


def test_child_ends_with_its_parent(tmp_path: Path) -> None:
    fonts, base = str(settings.FONTS_DIR), str(settings.BASE_DIR)
    program = f"""
from django.conf import settings
settings.configure(USE_I18N=False, THEMES_ROOT="", FONTS_DIR={fonts!r}, BASE_DIR={base!r})
from certificates.press.minding import minder
minder.start()
print(minder.process.pid, flush=True)
import time; time.sleep(60)
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=settings.BASE_DIR, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert is_running(child)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until = monotonic() + 5
    while is_running(child) and monotonic() < until:
        sleep(0.1)
    assert not is_running(child)


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_child_is_replaced_after_so_many_pages(press: Minder, monkeypatch: pytest.MonkeyPatch) -> None:
    press.stop()
    monkeypatch.setattr(press, "orders", 2)
    press.ask(make_order())
    assert press.process is not None
    press.ask(make_order())
    assert press.process is None


def test_killed_child_is_replaced(press: Minder) -> None:
    press.start()
    assert press.process is not None
    os.kill(press.process.pid, signal.SIGKILL)
    press.process.wait()
    assert "许知秋" in text_of(press.ask(make_order()).pdf)


def test_page_on_which_a_child_crashed_is_printed_by_a_fresh_one(
    press: Minder, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, killed = press._running, []

    def crash_once() -> Any:
        line = running()
        if press.process and not killed:
            killed.append(press.process.pid)
            os.kill(press.process.pid, signal.SIGSEGV)
        return line

    monkeypatch.setattr(press, "_running", crash_once)
    assert "许知秋" in text_of(press.ask(make_order()).pdf)
    assert press.process is not None
    assert killed != [press.process.pid]


def test_page_on_which_every_child_crashes_is_told(press: Minder, monkeypatch: pytest.MonkeyPatch) -> None:
    running, killed = press._running, []

    def crash() -> Any:
        line = running()
        assert press.process is not None
        killed.append(press.process.pid)
        os.kill(press.process.pid, signal.SIGSEGV)
        return line

    monkeypatch.setattr(press, "_running", crash)
    with pytest.raises(PressError, match="SIGSEGV"):
        press.ask(make_order())
    assert len(set(killed)) == 2


def test_child_that_holds_much_memory_is_replaced(press: Minder, monkeypatch: pytest.MonkeyPatch) -> None:
    press.ask(make_order())
    assert press.process is not None
    monkeypatch.setattr(press, "memory", 64 * MIB)
    press.ask(make_order())
    assert press.process is None


def test_picture_that_cannot_be_read_is_not_left_out(press: Minder) -> None:
    with pytest.raises(PressError, match="Failed to load image"):
        press.ask(make_order(pictures={"seal.png": b"no picture"}))


def test_reason_is_told(press: Minder) -> None:
    with pytest.raises(PressError, match="no certificate theme"):
        press.ask(replace(make_order(), theme="missing"))
