"""Registers what the Wagtail admin needs to release courses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.widgets.button import Button

from courses.admin_views import ReleaseView, may_release, release_url
from courses.models import CoursePage
from courses.viewsets import CourseListing


class ReleaseMenuItem(ActionMenuItem):
    """In the menu beside “publish”: leads to the question whether to release."""

    name = "action-release"
    label = _("Release…")
    icon_name = "check"

    def is_shown(self, context: dict[str, Any]) -> bool:
        page = context.get("page")
        if context["view"] != "edit" or not isinstance(page, CoursePage):
            return False
        return may_release(context["request"].user, page)

    def get_url(self, parent_context: dict[str, Any]) -> str:
        return release_url(parent_context["page"])


@hooks.register("register_page_action_menu_item")
def register_release_item() -> ReleaseMenuItem:
    return ReleaseMenuItem(order=60)


@hooks.register("register_page_header_buttons")
def register_release_button(
    page: Any, user: Any, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    if isinstance(page, CoursePage) and page.permissions_for_user(user).can_publish():
        yield Button(_("Release and versions"), release_url(page), icon_name="check", priority=5)


@hooks.register("register_page_listing_more_buttons")
def register_release_link(page: Any, user: Any, next_url: str | None = None) -> Iterator[Button]:
    """In the list of pages, beside “edit” and “publish”."""
    if isinstance(page, CoursePage) and page.permissions_for_user(user).can_publish():
        yield Button(_("Release and versions"), release_url(page), icon_name="check", priority=5)


@hooks.register("register_admin_viewset")
def register_course_list() -> CourseListing:
    """The section 课程."""
    return CourseListing()


@hooks.register("register_admin_urls")
def register_release_url() -> list[URLPattern]:
    return [path("courses/<int:page_id>/release/", ReleaseView.as_view(), name="courses_release")]
