"""Pages for when nothing can be relied on: no database, no session, only the cookies a browser sent along."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseServerError
from django.template.loader import render_to_string

from people.models import TextSize, Theme


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the address or the form cannot be read."""
    return HttpResponseBadRequest(_page("400.html", request))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: something broke, perhaps everything."""
    return HttpResponseServerError(_page("500.html", request))


def _page(template: str, request: HttpRequest) -> str:
    theme, size = request.COOKIES.get("theme", ""), request.COOKIES.get("size", "")
    preferences = {"theme": theme if theme in Theme else "", "size": size if size in TextSize else ""}
    return render_to_string(template, {"preferences": preferences})
