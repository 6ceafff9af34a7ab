"""The look of the editor's admin: the house's stylesheet, and the reading preferences of the site."""

from __future__ import annotations

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.users.models import UserProfile

ICONS = ("ql-book", "ql-pair", "ql-seal")


def stylesheet() -> SafeString:
    """One stylesheet: colours, type and the few components of the workbench."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


def icon_templates() -> list[str]:
    """Icons of ours for Wagtail's sprite."""
    return [f"wagtailadmin/icons/{name}.svg" for name in ICONS]


def follow_preferences(request: HttpRequest) -> None:
    """Give the signed-in reader in the admin the theme and language they chose on the site.

    Wagtail keeps preferences of its own; one set is enough. Its row is never written, and not read either.
    """
    user = request.user
    user.wagtail_userprofile = UserProfile(  # type: ignore[union-attr]
        user=user,
        theme=user.theme or UserProfile.AdminColorThemes.SYSTEM,  # type: ignore[union-attr]
        preferred_language=request.LANGUAGE_CODE,
    )
