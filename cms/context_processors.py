"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from cms.navigation import entries_for


def site(request: HttpRequest) -> dict[str, Any]:
    """Title, issuer, reading preferences and the navigation of whoever asks."""
    user = getattr(request, "user", None)
    known = bool(user and user.is_authenticated)
    return {
        "site_title": settings.SITE_TITLE,
        "preferences": {
            "theme": user.theme if known else request.COOKIES.get("theme", ""),
            "size": user.text_size if known else request.COOKIES.get("size", ""),
        },
        "nav": entries_for(request) if known else [],
    }
