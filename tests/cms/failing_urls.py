"""Addresses at which something goes wrong, each in its own way."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from cms import urls

FAILURES = {
    "400": SuspiciousOperation("Traceback (most recent call last)"),
    "403": PermissionDenied("Traceback (most recent call last)"),
    "404": Http404("Traceback (most recent call last)"),
    "500": RuntimeError("Traceback (most recent call last)"),
}


def fail(request: HttpRequest, code: str) -> HttpResponse:
    """Raise what Django answers with this code."""
    raise FAILURES[code]


handler400, handler500 = urls.handler400, urls.handler500
urlpatterns = [path("fails/<slug:code>/", fail), *urls.urlpatterns]
