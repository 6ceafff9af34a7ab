"""Serving what questions show."""

from __future__ import annotations

import re

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from assessments import media
from assessments.items.media import suffix_of
from core import private_files, served_files

FILE = re.compile(r"[0-9a-f]{64}(?:\.[a-z0-9]{3,4})")


@require_safe
@login_required
def medium(request: HttpRequest, file: str) -> HttpResponseBase:
    """A picture or sound of the bank, for whoever is signed in: its name is its hash, which only its page tells."""
    content_type = media.TYPES.get(suffix_of(file))
    if content_type is None or not FILE.fullmatch(file):
        raise Http404
    return served_files.respond(
        private_files.storage(),
        media.path_of(file),
        content_type=content_type,
        name=file,
        wanted_range=request.headers.get("Range"),
    )
