"""The editor's admin: a way to each role's own pages, grouped under the task they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from people.accounts import current_person
from people.models import Role
from people.roles import roles_of


class RoleMenuItem(MenuItem):
    """A link shown to those who hold one of the given roles."""

    def __init__(self, label: Any, view_name: str, *, roles: Iterable[Role], **options: Any) -> None:
        super().__init__(label, "", **options)
        self.view_name = view_name
        self.roles = frozenset(role.value for role in roles)

    @property
    def url(self) -> str:
        """Resolved late: the menu is registered before the addresses are."""
        return reverse(self.view_name)

    @url.setter
    def url(self, value: str) -> None:
        """The base class assigns it; the view's name is what counts."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(roles_of(current_person(request), on=timezone.localdate()) & self.roles)


@hooks.register("register_admin_menu_item")
def people_menu_item() -> MenuItem:
    """People in scope, for administrators."""
    return RoleMenuItem(
        _("People"), "people:index", roles=[Role.ADMINISTRATOR, Role.ISSUER], icon_name="group", order=600
    )


@hooks.register("register_admin_menu_item")
def certificates_menu_item() -> MenuItem:
    """Certificate batches, for proposers and approvers."""
    return RoleMenuItem(
        _("Certificate batches"),
        "certificates:batches",
        roles=[Role.ADMINISTRATOR, Role.ISSUER],
        icon_name="clipboard-list",
        order=610,
    )


@hooks.register("register_admin_menu_item")
def marking_menu_item() -> MenuItem:
    """Answers to mark, for examiners."""
    return RoleMenuItem(
        _("Marking"), "assessments:marking", roles=[Role.EXAMINER], icon_name="edit", order=620
    )


@hooks.register("register_admin_menu_item")
def site_menu_item() -> MenuItem:
    """The way back to the site."""
    return RoleMenuItem(_("Back to the site"), "home", roles=list(Role), icon_name="home", order=10)


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
