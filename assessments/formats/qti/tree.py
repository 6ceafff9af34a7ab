"""Building XML, with only the characters that XML can hold."""

import re
from typing import Any

from lxml import etree

UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def sayable(text: str) -> str:
    """The text without the control characters that XML has no way to write."""
    return UNSAYABLE.sub("", text)


def element(namespace: str, name: str, **prefixes: str) -> Any:
    """A new element of this namespace, which is also the unprefixed one within it."""
    known: Any = {None: namespace, **prefixes}
    return etree.Element(f"{{{namespace}}}{name}", nsmap=known)


def child(parent: Any, name: str, namespace: str = "", **attributes: str) -> Any:
    """A new last child in the namespace of its parent, or in another; `_` in an attribute's name stands for `-`."""
    new = etree.SubElement(parent, f"{{{namespace or etree.QName(parent).namespace}}}{name}")
    for key, value in attributes.items():
        new.set(key.replace("_", "-"), sayable(value))
    return new


def add(parent: Any, name: str, text: str, **attributes: str) -> Any:
    """The same with a text in it."""
    new = child(parent, name, **attributes)
    new.text = sayable(text)
    return new
