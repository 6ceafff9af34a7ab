"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cms.navigation import entries_for


def site(request: HttpRequest) -> dict[str, Any]:
    """Title, issuer, reading preferences and the navigation of whoever asks; the latter only when it is drawn."""
    user = getattr(request, "user", None)
    known = bool(user and user.is_authenticated)
    return {
        "site_title": settings.SITE_TITLE,
        "issuer_name": settings.ISSUER_NAME,
        "preferences": {
            "theme": user.theme if user and known else request.COOKIES.get("theme", ""),
            "size": user.text_size if user and known else request.COOKIES.get("size", ""),
        },
        "nav": SimpleLazyObject(lambda: entries_for(request)) if known else [],
    }
