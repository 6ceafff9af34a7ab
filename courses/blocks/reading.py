"""Blocks to read."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from courses.blocks.base import ILLUSTRATED, PREVIEW, Freezable, Frozen, LessonBlock
from courses.media import Keeper
from courses.richtext import clean_html
from courses.tables import NoTable, as_columns, read_rows

FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "blockquote", "link"]


class TextBlock(Freezable, blocks.RichTextBlock):
    """Running text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"features": FEATURES, **kwargs})

    def freeze(self, value: Any, keeper: Keeper) -> Frozen:
        return {"html": clean_html(value.source)}

    class Meta:
        preview_template = PREVIEW
        icon = "pilcrow"
        label = _("Running text")
        description = _("Paragraphs, headings and lists.")
        help_text = _("Headings become the lesson's table of contents; italics are shown as emphasis dots.")
        template = "courses/blocks/text.html"
        preview_value = "<h2>先问清楚</h2><p>没有参与的人，算不算<i>同意</i>？</p>"


class KeyPointsBlock(LessonBlock):
    """What to remember."""

    title = blocks.CharBlock(max_length=40, label=_("Title"), help_text=_("Such as “Remember three things”."))
    points = blocks.ListBlock(
        blocks.CharBlock(max_length=200, label=_("Sentence")),
        min_num=1,
        label=_("Sentences"),
        help_text=_("One to five sentences, each a point of its own and up to 200 characters."),
    )

    def freeze(self, value: Any, keeper: Keeper) -> Frozen:
        return {"title": value["title"], "points": list(value["points"])}

    class Meta:
        icon = "list-ul"
        label = _("Key points")
        description = _("One to five sentences to remember.")
        template = "courses/blocks/key_points.html"
        preview_value = {"title": "记住一句", "points": ["不参与表决，不等于同意。"]}


class PolicyChainBlock(LessonBlock):
    """A rule on its way down, from the library; its words are frozen with the lesson."""

    chain = SnippetChooserBlock(
        "library.PolicyChain",
        label=_("Policy chain"),
        help_text=_("From the policy library. A release freezes its clauses with their state of review."),
    )

    def freeze(self, value: Any, keeper: Keeper) -> Frozen:
        chain = value["chain"]
        links = chain.links.order_by("sort_order").select_related("clause")
        return {
            "key": chain.key,
            "title": chain.title,
            "clauses": [_freeze_clause(one.clause) for one in links],
        }

    class Meta:
        icon = "link"
        label = _("Policy chain")
        description = _("Central, local, community: what binds whom.")
        template = "courses/blocks/policy_chain.html"
        preview_template = ILLUSTRATED


class TableBlock(LessonBlock):
    """A small table, typed or pasted from a spreadsheet."""

    caption = blocks.CharBlock(
        max_length=120, label=_("Caption"), help_text=_("Above the table: what its rows and columns say.")
    )
    cells = blocks.TextBlock(
        label=_("Rows"),
        help_text=_("One row a line, the heading first; cells divided by | or pasted from a spreadsheet."),
    )
    row_heads = blocks.BooleanBlock(
        required=False,
        label=_("The first cell of a row names the row"),
        help_text=_("It is printed bold, and read out with every cell of its row."),
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        try:
            read_rows(cleaned["cells"])
        except NoTable as error:
            raise blocks.StructBlockValidationError(
                block_errors={"cells": ValidationError(str(error))}
            ) from error
        return cleaned

    def freeze(self, value: Any, keeper: Keeper) -> Frozen:
        head, rows = read_rows(value["cells"])
        return {
            "caption": value["caption"],
            "columns": as_columns(head, rows),
            "rows": rows,
            "row_heads": bool(value["row_heads"]),
        }

    class Meta:
        icon = "table"
        label = _("Table")
        description = _("Rows and columns; cards on a small screen.")
        template = "courses/blocks/table.html"
        preview_value = {"caption": "十二户单元", "cells": "情形 | 参与\n全部参与 | 12", "row_heads": True}


def _freeze_clause(clause: Any) -> Frozen:
    return {
        "key": clause.key,
        "level": clause.level,
        "title": clause.title,
        "text": clause.text,
        "citation": clause.citation,
        "verified": clause.verified,
        "note": clause.note,
        "as_of": clause.as_of.isoformat(),
        "review_by": clause.review_by.isoformat(),
    }
