"""Registers the library with the Wagtail admin."""

from __future__ import annotations

from wagtail.snippets.models import register_snippet

from library.viewsets import LibraryViewSetGroup

register_snippet(LibraryViewSetGroup)
