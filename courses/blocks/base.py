"""What every block of a lesson can do: be edited, be shown, be frozen.

`freeze` turns a checked value into plain JSON; the template of a block gets nothing else, so that a preview and a
released lesson are drawn by the same file.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from wagtail import blocks

from courses.media import DraftKeeper, Keeper

PREVIEW = "courses/blocks/preview.html"
ILLUSTRATED = "courses/blocks/illustrated_preview.html"

Frozen = dict[str, Any]


class Freezable:
    """A block that is drawn from its frozen form, in a draft's preview as in a released lesson."""

    def freeze(self, value: Any, keeper: Keeper) -> Frozen:
        """The checked value as JSON. Raises OSError when a file is gone."""
        raise NotImplementedError

    def get_context(self, value: Any, parent_context: Any = None) -> Any:
        context = super().get_context(value, parent_context=parent_context)  # type: ignore[misc]
        return {**context, "value": self.freeze(value, DraftKeeper())}

    def render(self, value: Any, context: Any = None) -> str:
        """A block that is not filled in yet says so, instead of breaking the preview of its lesson."""
        try:
            checked = self.clean(value)  # type: ignore[attr-defined]
        except ValidationError:
            return render_to_string("courses/blocks/incomplete.html", {"label": self.label})  # type: ignore[attr-defined]
        return super().render(checked, context)  # type: ignore[misc]


class LessonBlock(Freezable, blocks.StructBlock):
    """Base of the blocks with several fields."""

    class Meta:
        preview_template = PREVIEW
