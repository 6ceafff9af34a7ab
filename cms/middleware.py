"""Language by the reader's own choice, and the rules of the editor's admin."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation

from cms.admin.branding import follow_preferences

ADMIN_PREFIX = "/admin/"
ADMIN_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'; object-src 'none'; base-uri 'self'; frame-ancestors 'self'"
)
LANGUAGE_COOKIE = settings.LANGUAGE_COOKIE_NAME

GetResponse = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """Chinese unless the reader chose otherwise; the browser's own preference is not a choice."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
        known = dict(settings.LANGUAGES)
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class FormAddressMiddleware:
    """An address that only takes forms, opened by itself (a bookmark, the address bar): a page, not a blank."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or response.content:
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page


class AdminMiddleware:
    """The editor's admin: its own content policy, and a second factor where the installation asks for one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(ADMIN_PREFIX):
            return self.get_response(request)
        if settings.ADMIN_REQUIRES_MFA and request.user.is_authenticated and not is_mfa_enabled(request.user):
            return redirect("mfa_activate_totp")
        if request.user.is_authenticated:
            follow_preferences(request)
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", ADMIN_POLICY)
        return response
