"""Registers what this site makes of the editor's admin, and guards two of Wagtail's views."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from wagtail import hooks
from wagtail.admin.menu import MenuItem, admin_menu
from wagtail.models import Page

from cms.admin import branding, menu

admin_menu.register_hook_name = None  # cms/admin/menu.py says why
hooks.register("insert_global_admin_css", branding.stylesheet)


@hooks.register("construct_main_menu")
def build_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """The side menu, for whoever asks."""
    items[:] = menu.items_for(request)


@hooks.register("register_icons")
def add_icons(icons: list[str]) -> list[str]:
    """Icons of ours beside Wagtail's."""
    return [*icons, *branding.icon_templates()]


@hooks.register("before_move_page")
def check_may_move(request: HttpRequest, page: Page, destination: Page) -> None:
    """Wagtail's confirmation asks nobody's permission before it names the page; the move itself does."""
    if not page.permissions_for_user(request.user).can_move():
        raise PermissionDenied


@hooks.register("before_serve_document")
def documents_are_for_members(document: Any, request: HttpRequest) -> HttpResponse | None:
    """Uploads of the editor are drafts: learners get the released copies, strangers nothing."""
    if request.user.is_authenticated:
        return None
    return redirect_to_login(request.get_full_path())
