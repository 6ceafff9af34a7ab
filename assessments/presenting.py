"""A question as a form: what `assessments/item.html` draws, and how posted data is read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from assessments.bank.media import PresentedMedium, Size, address_of, presented, sizes_for
from assessments.items import item_type
from assessments.items.checking import entry_ids
from assessments.items.forms import Form
from assessments.models import QuestionVersion

FILES = "answer-file"  # what the sitting page's choice of files is called


@dataclass(frozen=True)
class PresentedItem:
    """A question ready to be drawn by `template`. No part of it comes from the key.

    `files_at` is the address of the files handed in with the answer, "" where there is no answer to hand them in with.
    """

    type: str
    title: str
    stem: str
    name: str
    disabled: bool
    template: str
    form: Form
    media: tuple[PresentedMedium, ...] = ()
    files_at: str = ""

    @property
    def drawing_at(self) -> str:
        """The address of the picture whose areas are chosen from."""
        return address_of(self.form.drawing.file) if self.form.drawing else ""


def present_item(
    version: QuestionVersion,
    *,
    order: Sequence[str],
    response: Any = None,
    name: str = "answer",
    disabled: bool = False,
    sizes: Mapping[str, Size] | None = None,
    files_at: str = "",
) -> PresentedItem:
    """The question with its options in this order and this response filled in.

    `response` is a cleaned one, or what was posted and refused. `sizes` are those of the pictures of a page with many
    questions (`media.sizes_for`); without them a question with pictures asks once for its own. Reads `type` and `body`
    only.
    """
    kind = item_type(version.type)
    if sizes is None:
        sizes = sizes_for([version.body])
    return PresentedItem(
        type=version.type,
        title=gettext(kind.title),
        stem=version.body["stem"],
        name=name,
        disabled=disabled,
        template=f"assessments/items/{kind.template}.html",
        form=kind.form(version.body, order, response, name),
        media=presented(version.body, sizes),
        files_at=files_at,
    )


def files_address(attempt_id: UUID, slot: int) -> str:
    """Where the files of an answer lie: one more step, the SHA-256, leads to each."""
    return reverse("assessments:answer_files", args=[attempt_id, slot])


def stored_order(version: QuestionVersion) -> list[str]:
    """The options as the author wrote them: for the author's own pages."""
    return entry_ids(version.body.get("right", version.body.get("options")))


def posted_response(data: QueryDict, name: str = "answer") -> Any:
    """What a form posted for the item called `name`, in the shape the item types clean; None for nothing."""
    prefix = f"{name}."
    parts = {field.removeprefix(prefix): data[field] for field in data if field.startswith(prefix)}
    return parts or data.getlist(name) or None
