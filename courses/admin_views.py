"""Releasing a course from the Wagtail admin: what would go in, what stands in the way, and the versions so far."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from core.errors import Refusal
from courses.models import CoursePage, LessonPage
from courses.releasing import problems_of, release_course, versions_of
from people.accounts import current_person
from people.models import Person, Role
from people.roles import has_role


class ReleaseView(WagtailAdminTemplateMixin, TemplateView):
    """Asks before a course is released, and releases it."""

    template_name = "courses/admin/release.html"
    header_icon = "check"
    page: CoursePage

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.page = get_object_or_404(CoursePage, pk=kwargs["page_id"])
        if not self.page.permissions_for_user(request.user).can_publish():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Release")

    def get_page_subtitle(self) -> str:
        return str(self.page.title)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        """None: the header of the page's own title is enough."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lessons = list(LessonPage.objects.child_of(self.page).order_by("path"))
        return super().get_context_data(
            page=self.page,
            lessons=[lesson for lesson in lessons if lesson.live],
            left_out=[lesson for lesson in lessons if not lesson.live],
            drafts=[one for one in (self.page, *lessons) if one.live and one.has_unpublished_changes],
            problems=problems_of(self.page),
            versions=versions_of(self.page),
            may_release=may_release(self.request.user, self.page),
            **kwargs,
        )

    def post(self, request: HttpRequest, page_id: int) -> HttpResponse:
        before = {version.pk for version in versions_of(self.page)}
        try:
            version = release_course(page=self.page, by=current_person(request), now=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect(release_url(self.page))
        if version.pk in before:
            messages.info(
                request, _("Nothing changed since version %(number)s.") % {"number": version.number}
            )
        else:
            messages.success(request, _("Version %(number)s is released.") % {"number": version.number})
        return redirect(release_url(self.page))


def may_release(user: Any, page: CoursePage) -> bool:
    """Whether the release would let this user through: an author who may publish the page."""
    if user.person_id is None or not page.permissions_for_user(user).can_publish():
        return False
    return has_role(Person(pk=user.person_id), Role.AUTHOR, on=timezone.localdate())


def release_url(page: CoursePage) -> str:
    """Where a course is released."""
    return reverse("courses_release", args=[page.pk])
