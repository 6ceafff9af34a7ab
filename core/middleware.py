"""What holds for every request: nothing personal in shared caches, no NUL bytes in addresses."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse


class PrivatePagesMiddleware:
    """Adds `Cache-Control: private, no-store` to what a member gets or what sets a cookie, unless it has its own.

    Stands outside the middleware that sets cookies, so that it sees them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Cache-Control" not in response and (response.cookies or _is_signed_in(request)):
            response["Cache-Control"] = "private, no-store"
        return response


def _is_signed_in(request: HttpRequest) -> bool:
    """False too where the answer was given before anybody asked who it is for."""
    return hasattr(request, "user") and request.user.is_authenticated


class NoNulBytesMiddleware:
    """Answers 400 to an address with a NUL byte: PostgreSQL takes none in a text, and nobody types one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.get_full_path():
            raise SuspiciousOperation("NUL byte in the address")
        return self.get_response(request)
