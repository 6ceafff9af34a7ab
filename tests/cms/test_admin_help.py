"""Every field that an editor meets says what it is for, in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import override
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.documents import get_document_model
from wagtail.documents.forms import get_document_form
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.models import Page, get_page_models
from wagtail.snippets.models import get_snippet_models

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PAGES = [model for model in get_page_models() if model is not Page]
SNIPPETS = get_snippet_models()


def edited(model: type) -> Any:
    """What is drawn when something of this model is edited."""
    viewset = getattr(model, "snippet_viewset", None)
    return viewset.get_edit_handler() if viewset else model.get_edit_handler()  # type: ignore[attr-defined]


def helps(panel: Any) -> Iterator[tuple[str, str]]:
    """(field, its help) of a panel and all panels in it."""
    if isinstance(panel, FieldPanel):
        yield panel.field_name, str(panel.help_text or panel.db_field.help_text)
    if isinstance(panel, InlinePanel):
        yield panel.relation_name, str(panel.help_text)
        yield from helps(panel.child_edit_handler)
    for child in getattr(panel, "children", ()):
        yield from helps(child)


def block_helps(block: Any, name: str) -> Iterator[tuple[str, str]]:
    """(field, its help) of a block; what stands in a list is explained by the list."""
    if isinstance(block, blocks.StreamBlock | blocks.StructBlock):
        for child_name, child in block.child_blocks.items():
            yield from block_helps(child, f"{name}.{child_name}")
    else:
        yield name, str(getattr(block.meta, "help_text", "") or getattr(block, "field", block).help_text)


def silent(found: Iterator[tuple[str, str]]) -> list[str]:
    """The fields without Chinese help; an empty list of fields would prove nothing."""
    with override("zh-hans"):
        fields = list(found)
    assert fields
    return [name for name, words in fields if not CHINESE.search(words)]


@pytest.mark.parametrize("model", [*PAGES, *SNIPPETS], ids=lambda model: model.__name__)
def test_every_field_of_a_page_or_snippet_says_what_it_is_for(model: type) -> None:
    assert silent(helps(edited(model))) == []


@pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)
def test_every_field_of_a_block_says_what_it_is_for(model: Any) -> None:
    streams = [field for field in model._meta.get_fields() if isinstance(field, StreamField)]
    for field in streams:
        assert silent(block_helps(field.stream_block, field.name)) == []


@pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)
def test_every_block_can_be_chosen_by_name_and_description(model: Any) -> None:
    for field in model._meta.get_fields():
        if isinstance(field, StreamField):
            offered = field.stream_block.child_blocks.values()
            with override("zh-hans"):
                words = [(str(block.label), str(block.meta.description)) for block in offered]
            assert [pair for pair in words if not all(CHINESE.search(text) for text in pair)] == []


@pytest.mark.parametrize(
    ("form", "model"), [(get_image_form, get_image_model), (get_document_form, get_document_model)]
)
def test_every_field_of_an_upload_says_what_it_is_for(form: Any, model: Any, db: Any) -> None:
    with override("zh-hans"):
        fields = form(model())().fields
        shown = {name: str(field.help_text) for name, field in fields.items() if not field.widget.is_hidden}
    assert len(shown) >= 3
    assert [name for name, words in shown.items() if not CHINESE.search(words)] == []
