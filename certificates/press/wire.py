"""Orders and prints as bytes between a process and its printing child.

JSON, not pickle: what a child sends is read by a process that holds the secrets, and pickle would let a child that a
theme or a font has taken over run anything there. A message is its length and its bytes.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from certificates.press.orders import Attachment, Offset, Order, Printed

MIB = 1024 * 1024
LENGTH = 8  # bytes, big-endian
READY = b"ready"  # what a child says when it may be asked
NO_ROOM = 3  # what a child ends with when a page takes all its memory
_BYTES, _SAFE = "$bytes", "$safe"


def order_bytes(order: Order) -> bytes:
    """An order as a message's content."""
    plain = {name: getattr(order, name) for name in Order.__dataclass_fields__}
    plain["attachments"] = [asdict(each) for each in order.attachments]
    plain["blanks"] = asdict(order.blanks) if order.blanks else None
    return json.dumps(_plain(plain), ensure_ascii=False).encode()


def order_from(content: bytes) -> Order:
    """The order that `order_bytes` was given."""
    entries = _rich(json.loads(content))
    entries["attachments"] = tuple(Attachment(**each) for each in entries["attachments"])
    entries["blanks"] = Offset(**entries["blanks"]) if entries["blanks"] else None
    return Order(**entries)


def printed_bytes(printed: Printed) -> bytes:
    """A print as a message's content."""
    return (
        json.dumps({"fast": printed.fast, "overflowing": printed.overflowing}).encode() + b"\n" + printed.pdf
    )


def failed_bytes(reason: str) -> bytes:
    """A print that failed, and why."""
    return json.dumps({"failed": reason}).encode() + b"\n"


def printed_from(content: bytes) -> Printed | str:
    """The print in a message, or in words why there is none. Raises ValueError when it is neither."""
    told, _newline, pdf = content.partition(b"\n")
    entries = json.loads(told)
    if "failed" in entries:
        return str(entries["failed"])
    return Printed(pdf, bool(entries["fast"]), tuple(map(str, entries["overflowing"])))


def _plain(value: Any) -> Any:
    """The value in what JSON knows; bytes and text that is markup already are marked."""
    if isinstance(value, bytes):
        return {_BYTES: b64encode(value).decode()}
    if isinstance(value, SafeString):
        return {_SAFE: str.__str__(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"an order holds plain values, not {type(value).__name__}")


def _rich(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {_BYTES}:
            return b64decode(value[_BYTES])
        if value.keys() == {_SAFE}:
            return mark_safe(value[_SAFE])  # noqa: S308 -- was safe before it travelled
        return {key: _rich(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rich(each) for each in value]
    return value
