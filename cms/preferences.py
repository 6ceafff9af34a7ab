"""大字 and 夜间, and the language: kept on the account, or in a cookie for visitors."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from people.models import TextSize, Theme

A_YEAR = 365 * 24 * 3600


class PreferencesForm(forms.Form):
    """Any of the three; what is not sent stays as it is."""

    theme = forms.ChoiceField(choices=Theme.choices, required=False)
    size = forms.ChoiceField(choices=[("normal", ""), *TextSize.choices], required=False)
    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)


@csrf_exempt  # harmless when forged, and a token would put a cookie on public, cacheable pages
@require_POST
def set_preferences(request: HttpRequest) -> HttpResponse:
    """Store what was chosen and go back to the page it was chosen on."""
    form = PreferencesForm(request.POST)
    response = HttpResponseRedirect(_way_back(request))
    if not form.is_valid():
        return response
    chosen = {name: form.cleaned_data[name] for name in form.fields if name in request.POST}
    if chosen.get("size") == "normal":
        chosen["size"] = TextSize.NORMAL
    if request.user.is_authenticated:
        if "theme" in chosen:
            request.user.theme = chosen["theme"]
        if "size" in chosen:
            request.user.text_size = chosen["size"]
        request.user.save(update_fields=["theme", "text_size"])
    for name, value in chosen.items():
        cookie = settings.LANGUAGE_COOKIE_NAME if name == "language" else name
        response.set_cookie(cookie, value, max_age=A_YEAR, samesite="Lax")
    return response


def _way_back(request: HttpRequest) -> str:
    back = request.POST.get("next") or request.headers.get("Referer") or "/"
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return back if safe else "/"
