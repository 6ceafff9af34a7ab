"""Minding the printing child: started when first needed, asked one order at a time, killed when it takes too long.

Each process has a child of its own: after a fork the other process's child is forgotten. A child that has printed many
pages, or holds much memory, is replaced, so that whatever its libraries keep does not add up: a library in C that gets
no memory crashes, and then the page that happened to come last would have to answer for those before it.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic

from django.conf import settings
from django.utils.translation import gettext as _

from certificates.press.orders import Order, PressError, Printed
from certificates.press.wire import LENGTH, MIB, NO_ROOM, READY, order_bytes, printed_from

logger = logging.getLogger(__name__)

SECONDS = 20  # a page prints in a fraction of one
MEMORY = 512 * MIB
STARTING = 120  # seconds: fonts are cut when they are not there yet
ORDERS = 1000  # pages until a child is replaced
FULL = 0.5  # of its memory held after a page: no longer enough for any page that may come
ENDING = 1  # seconds
TOLD = ("THEMES_ROOT", "FONTS_DIR")  # the settings that the press reads; none of them a secret
# Of the environment only what Python, fontconfig and the C library need.
PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "FONTCONFIG_FILE", "FONTCONFIG_PATH")


class Minder:
    """One child and how to speak with it. Limits in seconds and bytes."""

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY, orders: int = ORDERS) -> None:
        self.seconds, self.memory, self.orders = seconds, memory, orders
        self.process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._printed = 0
        self._turn = threading.Lock()

    def ask(self, order: Order) -> Printed:
        """The child's print of an order. Raises PressError; the next order finds a fresh child if need be."""
        content = order_bytes(order)
        with self._turn:
            printed = self._answer(content)
            self._count()
        if isinstance(printed, str):
            raise PressError(_("The page could not be printed: %(why)s") % {"why": printed})
        return printed

    def _answer(self, content: bytes) -> Printed | str:
        """The child's answer. One that dies is followed by a fresh one, which gets the order once more; not where the
        order took all the time, or all the memory of a child that had printed nothing yet. Raises PressError."""
        is_last = False
        while True:
            line = self._running()
            is_fresh = self._printed == 0
            try:
                return printed_from(_exchange(line, content, monotonic() + self.seconds))
            except (OSError, EOFError, ValueError) as error:
                code = self._ended(0 if isinstance(error, TimeoutError) else ENDING)
                if is_last or isinstance(error, TimeoutError) or (is_fresh and code == NO_ROOM):
                    raise self._given_up(error, code) from error
                logger.warning("The printing process ended with %s; a fresh one gets the page.", code)
                is_last = True

    def start(self) -> None:
        """Have a child ready, so that the first order does not wait for it."""
        with self._turn:
            self._running()

    def stop(self) -> None:
        """End the child, whatever it does."""
        if self.process:
            self.process.kill()
            self.process.wait()
        self.forget()

    def forget(self) -> None:
        """Let go of the child without ending it: it belongs to the process that this one was forked from."""
        if self._line:
            self._line.close()
        self.process, self._line, self._printed = None, None, 0

    def begin_anew(self) -> None:
        """After a fork: no child yet, and nobody else's turn."""
        self.forget()
        self._turn = threading.Lock()

    def _running(self) -> socket.socket:
        if self._line is None or self.process is None or self.process.poll() is not None:
            self.stop()
            self.process, self._line = self._start()
        return self._line

    def _start(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(  # noqa: S603 -- our own module
                [sys.executable, "-m", "certificates.press.child", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=settings.BASE_DIR,
                env={name: os.environ[name] for name in PASSED if name in os.environ},
            )
        told = {name: str(getattr(settings, name)) for name in TOLD}
        start = {"settings": told, "memory": self.memory, "seconds": int(self.seconds)}
        try:
            if _exchange(ours, json.dumps(start).encode(), monotonic() + STARTING) == READY:
                return process, ours
        except (OSError, EOFError) as error:
            logger.warning("The printing process did not start: %r", error)
        ours.close()
        process.kill()
        process.wait()
        raise PressError(_("The printing process does not start: see the log."))

    def _ended(self, seconds: float) -> int:
        """End the child after so many seconds; the code it ended with by itself, negative for a signal, or 0."""
        code = 0
        if self.process:
            with suppress(subprocess.TimeoutExpired):  # it closes its line a moment before it is gone
                code = self.process.wait(seconds)
        self.stop()
        return code

    def _given_up(self, error: Exception, code: int) -> PressError:
        """Why there is no print."""
        if isinstance(error, TimeoutError):
            return PressError(
                _("The page was given up after %(seconds)d seconds.") % {"seconds": self.seconds}
            )
        if code < 0:
            return PressError(
                _("The printing process crashed at this page, and a fresh one did too (%(signal)s).")
                % {"signal": signal.Signals(-code).name}
            )
        return PressError(_("The page is too heavy: the printing process ran out of memory or broke off."))

    def _count(self) -> None:
        self._printed += 1
        if self._printed >= self.orders or (self.process and _held(self.process.pid) > self.memory * FULL):
            self.stop()


def _held(process: int) -> int:
    """The bytes of its own that a process holds: what RLIMIT_DATA counts. 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[5]) * resource.getpagesize()
    except OSError:
        return 0


def _exchange(line: socket.socket, content: bytes, until: float) -> bytes:
    """Send a message and wait for the answer. Raises TimeoutError, EOFError, OSError."""
    line.settimeout(max(until - monotonic(), 0.001))
    line.sendall(len(content).to_bytes(LENGTH, "big") + content)
    return _read(line, int.from_bytes(_read(line, LENGTH, until), "big"), until)


def _read(line: socket.socket, length: int, until: float) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        line.settimeout(max(until - monotonic(), 0.001))
        part = line.recv(min(length - len(parts), MIB))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


minder = Minder()
os.register_at_fork(after_in_child=minder.begin_anew)
