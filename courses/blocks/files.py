"""Blocks that show or hand out a file."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from courses.blocks.base import ILLUSTRATED, Frozen, LessonBlock
from courses.media import Keeper

FILMS = (".mp4", ".webm")


class ImageBlock(LessonBlock):
    """A picture that says something; a picture that says nothing does not belong in a lesson."""

    image = ImageChooserBlock(
        label=_("Image"), help_text=_("Choose one or upload it here: SVG, PNG, JPG or WebP.")
    )
    alt = blocks.CharBlock(max_length=200, label=_("In words"), help_text=_("For those who cannot see it."))
    caption = blocks.CharBlock(
        max_length=200,
        required=False,
        label=_("Caption"),
        help_text=_("Printed below the picture. May stay empty."),
    )

    def freeze(self, value: Any, keeper: Keeper) -> Frozen:
        image = value["image"]
        return {
            "file": keeper.keep(image.file, "image"),
            "width": image.width,
            "height": image.height,
            "alt": value["alt"],
            "caption": value["caption"] or "",
        }

    class Meta:
        icon = "image"
        label = _("Image")
        description = _("A picture with its meaning in words.")
        template = "courses/blocks/image.html"
        preview_template = ILLUSTRATED


class VideoBlock(LessonBlock):
    """A short film with everything that is said in it."""

    film = DocumentChooserBlock(label=_("Film"), help_text=_("An .mp4 or .webm file."))
    title = blocks.CharBlock(max_length=80, label=_("Title"), help_text=_("What learners call the film."))
    transcript = blocks.TextBlock(label=_("Transcript"), help_text=_("All that is said and shown."))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if PurePosixPath(cleaned["film"].file.name).suffix.lower() not in FILMS:
            error = ValidationError(_("A film is an .mp4 or .webm file."))
            raise blocks.StructBlockValidationError(block_errors={"film": error})
        return cleaned

    def freeze(self, value: Any, keeper: Keeper) -> Frozen:
        return {
            "file": keeper.keep(value["film"].file, "film"),
            "title": value["title"],
            "transcript": value["transcript"],
        }

    class Meta:
        icon = "media"
        label = _("Film")
        description = _("A film with its transcript.")
        template = "courses/blocks/video.html"
        preview_template = ILLUSTRATED


class DocumentBlock(LessonBlock):
    """A file to take away."""

    document = DocumentChooserBlock(
        label=_("File to download"), help_text=_("Such as an exercise sheet: CSV, XLSX, DOCX or PDF.")
    )
    title = blocks.CharBlock(max_length=80, label=_("Title"), help_text=_("The words on the button."))
    description = blocks.CharBlock(
        max_length=300,
        required=False,
        label=_("What it is"),
        help_text=_("One sentence: what is in it and what to do with it. May stay empty."),
    )

    def freeze(self, value: Any, keeper: Keeper) -> Frozen:
        return {
            "file": keeper.keep(value["document"].file, value["title"]),
            "title": value["title"],
            "description": value["description"] or "",
        }

    class Meta:
        icon = "doc-full"
        label = _("File to download")
        description = _("A file to download, such as an exercise sheet.")
        template = "courses/blocks/document.html"
        preview_template = ILLUSTRATED
