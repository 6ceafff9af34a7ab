"""The guide's pages. Development only: elsewhere there is nothing at these addresses (cms/urls.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from cms.styleguide import guide

STATUS = {"400": 400, "403": 403, "403_csrf": 403, "404": 404, "429": 429, "500": 500}
BARE = {"400", "500"}


def index(request: HttpRequest) -> HttpResponse:
    """Every component in every state; `?size=large&theme=dark` changes the dress for this view alone."""
    _check_development()
    chosen = _chosen(request)
    context = {
        "words": guide.words(),
        "groups": list(guide.groups(request)),
        "dress": chosen,
        **(
            {"preferences": {"size": chosen["size"], "theme": chosen["theme"]}}
            if any(chosen.values())
            else {}
        ),
    }
    return render(request, "styleguide/index.html", context)


def error(request: HttpRequest, code: str) -> HttpResponse:
    """An error page as it is answered, with its status; the bare ones without a request, as in an emergency."""
    _check_development()
    if code not in STATUS:
        raise Http404
    preferences = {name: request.COOKIES.get(name, "") for name in ("theme", "size")}
    page = render_to_string(f"{code}.html", {"preferences": preferences}, None if code in BARE else request)
    return HttpResponse(page, status=STATUS[code])


def _check_development() -> None:
    if not settings.DEBUG:
        raise Http404


def _chosen(request: HttpRequest) -> Mapping[str, Any]:
    offered = {name: {choice["value"] for choice in guide.words()[f"{name}s"]} for name in ("size", "theme")}
    return {
        name: request.GET.get(name) if request.GET.get(name) in values else ""
        for name, values in offered.items()
    }
