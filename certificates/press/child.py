"""The printing child: `python -m certificates.press.child FD`, started by `certificates/press/minding.py`.

A page is laid out by much code and many libraries, from themes that somebody wrote and pictures that somebody brought.
So it happens in a process of its own: it knows no secret and no database, may use so much memory and time, has no
network, writes no file and starts no program. It answers one order after the other on the socket FD and ends with the
process that started it.
"""

from __future__ import annotations

import ctypes
import gc
import json
import logging
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from weasyprint.urls import FatalURLFetchingError

from certificates.press.wire import LENGTH, MIB, NO_ROOM, READY, failed_bytes, order_from, printed_bytes

OPEN_FILES = 64
READ_ONLY = 64 * MIB  # of the memory: libraries and fonts, mapped from their files
HEARTBEAT = 1.0  # seconds between two looks for the parent
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000  # sched.h: CLONE_NEWUSER, CLONE_NEWNET
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REFUSED = (
    "socket.",  # asking for an address, connecting, listening, sending
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "ftplib.",
    "http.client",
    "smtplib.",
    "urllib.",
)


def main(descriptor: int) -> None:
    """Warm up, lock the doors, print until the parent is gone."""
    told = json.loads(receive(descriptor))
    settings.configure(USE_I18N=False, **told["settings"])
    from certificates.press.printing import print_here  # reads the settings

    logging.getLogger("weasyprint").addHandler(UnreadPicture(logging.ERROR))
    warm_up()
    lock_doors(told["memory"])
    send(descriptor, READY)
    while True:
        order = order_from(receive(descriptor))
        _grant_time(told["seconds"])
        send(descriptor, answer(lambda: printed_bytes(print_here(order))))  # noqa: B023 -- called at once


class UnreadPicture(logging.Handler):
    """WeasyPrint leaves out a picture that it cannot read, for want of memory too, and only notes it. A certificate
    without its seal is none: the note ends the page. Raises ValueError."""

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith(("Failed to load image", "Failed to render SVG")):
            raise ValueError(record.getMessage())


def answer(work: Callable[[], bytes]) -> bytes:
    """What the work gives, or why it gave nothing."""
    try:
        return work()
    except MemoryError:
        os._exit(NO_ROOM)  # what is left of this process is not worth keeping
    except (
        Exception,
        FatalURLFetchingError,
    ) as error:  # whatever a theme can run into: the next order may print
        return failed_bytes(f"{type(error).__name__}: {error}"[:500])


def warm_up() -> None:
    """Read fonts and themes, while files may still be written (a theme's own fonts are unpacked), and print a word, so
    that the libraries have loaded what they load late."""
    from certificates.press.theming import usable_themes

    for theme in usable_themes()[:1]:
        theme.pdf.render('<html lang="zh"><p>青蓝')
    gc.collect()
    gc.freeze()  # themes and libraries stay: the collector need not look at them again


def lock_doors(memory: int) -> None:
    """From here on: so many bytes of memory, no network, no writing, no programs."""
    _leave_network()
    _watch_parent(os.getppid())
    # Addresses are no measure (fonts of 25 MiB are mapped whole and read in a few places): what is written counts.
    resource.setrlimit(resource.RLIMIT_DATA, (memory - READ_ONLY, memory - READ_ONLY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    sys.addaudithook(_refuse)


def _leave_network() -> None:
    """A network namespace of its own, without even a loopback; where the kernel does not allow it, `_refuse` stands."""
    libc = ctypes.CDLL(None, use_errno=True)
    for flags in (_NEW_NET, _NEW_USER | _NEW_NET):
        if libc.unshare(flags) == 0:
            return


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_REFUSED):
        raise PermissionError(f"{event} is refused while printing")
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING:
        raise PermissionError(f"writing {arguments[0]} is refused while printing")


def _watch_parent(parent: int) -> None:
    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(HEARTBEAT)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def _grant_time(seconds: int) -> None:
    """So much more processor time, should the parent not be there to end it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def receive(descriptor: int) -> bytes:
    """One message. Raises EOFError when the other end is closed."""
    return _read(descriptor, int.from_bytes(_read(descriptor, LENGTH), "big"))


def send(descriptor: int, content: bytes) -> None:
    """One message."""
    rest = memoryview(len(content).to_bytes(LENGTH, "big") + content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _read(descriptor: int, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = os.read(descriptor, min(length - len(parts), MIB))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


if __name__ == "__main__":
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        main(int(sys.argv[1]))
