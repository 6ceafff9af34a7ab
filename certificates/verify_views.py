"""The public pages: the same for everybody, without session, cookies or scripts, so that any cache may keep them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from certificates.forms import CodeForm, FileForm
from certificates.standing import Standing
from certificates.verifying import Verdict, Verification, verify, verify_file
from people.accounts import mask_name

# A revoked certificate must not look valid for longer than this anywhere.
SECONDS_CACHED = 60


# No token: these forms change nothing and know nobody, and a token would need a cookie.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Type a code or upload a file."""
    if request.method == "POST" and "code" not in request.POST:
        return _compare(request, "verify/index.html", {"code_form": CodeForm()})
    code_form = CodeForm(request.POST) if request.method == "POST" else CodeForm()
    if code_form.is_bound and code_form.is_valid():
        return redirect("verify:page", code=code_form.cleaned_data["code"])
    context = {"code_form": code_form, "file_form": FileForm()}
    return _public(request, "verify/index.html", context, status=422 if code_form.errors else 200)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, code: str) -> HttpResponse:
    """What stands behind a code; one and the same 404 for every code that was not handed out."""
    found = verify(code, now=timezone.now())
    if found.certificate is None:
        return _public(request, "verify/unknown.html", {"code_form": CodeForm()}, status=404)
    if request.method == "POST":
        return _compare(request, "verify/page.html", _facts(found))
    return _public(request, "verify/page.html", {**_facts(found), "file_form": FileForm()})


def _compare(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _public(request, template, {**context, "file_form": form}, status=422)
    file: UploadedFile = form.cleaned_data["file"]
    found = verify_file(file.read(), now=timezone.now())
    context = {**_facts(found), "file_form": FileForm(), "from_file": True}
    return _public(request, "verify/page.html", context)


def _facts(found: Verification) -> dict[str, Any]:
    certificate, holder = found.certificate, found.holder
    context: dict[str, Any] = {
        "found": found,
        "certificate": certificate,
        "is_good": found.verdict == Verdict.AUTHENTIC,
        "is_revoked": found.verdict in (Verdict.REVOKED, Verdict.ALTERED),
        "is_voided": found.standing == Standing.VOIDED,
        "holder_name": mask_name(holder.printed_name) if holder else None,
    }
    if certificate:
        context["event"] = found.last_event
        context["axes"] = [axis for axis in certificate.snapshot["axes"] if axis["score"]]
    return context


def _public(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render for a stranger, whoever asks: nothing of a session reaches a page that caches may share."""
    request.user = AnonymousUser()
    if hasattr(request, "_messages"):
        del request._messages
    response = render(request, template, context, status=status)
    # a reader's own browser asks each time, so that nobody reloads into yesterday; shared caches carry the load
    shared = f"public, max-age=0, s-maxage={SECONDS_CACHED}, must-revalidate"
    keep = shared if request.method in ("GET", "HEAD") else "no-store"
    response["Cache-Control"] = keep
    patch_vary_headers(response, ["Cookie"])  # reading preferences and language
    return response
