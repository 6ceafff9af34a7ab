"""Where a page of the bank stands in the editor's admin."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _


def crumbs(list_url: str, title: str) -> list[dict[str, str]]:
    """Home, the list of the bank as it was asked for, this page."""
    return [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": list_url, "label": _("Question bank")},
        {"label": title},
    ]
