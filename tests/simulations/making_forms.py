"""Forms as a browser without JavaScript sends them back."""

from __future__ import annotations

from typing import Any

from lxml import html


def fields_of(page: Any, form_id: str = "ql-part") -> dict[str, Any]:
    """What the form on a page would send if nobody touched it, buttons left out."""
    form = html.fromstring(page.content.decode()).get_element_by_id(form_id)
    found: dict[str, list[str]] = {}
    for field in form.iter("input", "select", "textarea"):
        name, kind = field.get("name"), field.get("type", "")
        if not name or (kind in ("checkbox", "radio") and field.get("checked") is None):
            continue
        found.setdefault(name, []).append(_value(field))
    return found


def _value(field: Any) -> str:
    if field.tag == "textarea":
        return str(field.text or "").removeprefix("\n").replace("\n", "\r\n")
    if field.tag == "select":
        chosen = [option for option in field.iter("option") if option.get("selected") is not None]
        option = (chosen or list(field.iter("option")))[0]
        return str(option.get("value", option.text or ""))
    return str(field.get("value", "on" if field.get("type") == "checkbox" else ""))
