"""A question as a form: what `assessments/item.html` draws, and how posted data is read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from assessments.items import item_type
from assessments.items.checking import entry_ids
from assessments.items.forms import Form
from assessments.models import QuestionVersion


@dataclass(frozen=True)
class PresentedItem:
    """A question ready to be drawn by `template`. No part of it comes from the key."""

    type: str
    title: str
    stem: str
    name: str
    disabled: bool
    template: str
    form: Form


def present_item(
    version: QuestionVersion,
    *,
    order: Sequence[str],
    response: Any = None,
    name: str = "answer",
    disabled: bool = False,
) -> PresentedItem:
    """The question with its options in this order and this response filled in.

    `response` is a cleaned one, or what was posted and refused. Reads `type` and `body` only.
    """
    kind = item_type(version.type)
    return PresentedItem(
        type=version.type,
        title=gettext(kind.title),
        stem=version.body["stem"],
        name=name,
        disabled=disabled,
        template=f"assessments/items/{kind.template}.html",
        form=kind.form(version.body, order, response, name),
    )


def stored_order(version: QuestionVersion) -> list[str]:
    """The options as the author wrote them: for the author's own pages."""
    return entry_ids(version.body.get("right", version.body.get("options")))


def posted_response(data: QueryDict, name: str = "answer") -> Any:
    """What a form posted for the item called `name`, in the shape the item types clean; None for nothing."""
    prefix = f"{name}."
    parts = {field.removeprefix(prefix): data[field] for field in data if field.startswith(prefix)}
    return parts or data.getlist(name) or None
