"""课程 in the editor's admin: every course with its lessons and its newest release."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.ui.tables import Column, LiveStatusTagColumn, TitleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet

from courses.admin_views import release_url
from courses.drafts import state_of, with_releases
from courses.models import CoursePage


class LinkColumn(TitleColumn):
    """A cell that leads somewhere, without being the title of its row."""

    cell_template_name = "courses/admin/link_cell.html"


def _edit_url(course: CoursePage) -> str:
    return reverse("wagtailadmin_pages:edit", args=[course.pk])


def _lessons_url(course: CoursePage) -> str:
    return reverse("wagtailadmin_explore", args=[course.pk])


def _lessons(course: Any) -> str:
    return ngettext("%(count)d lesson", "%(count)d lessons", course.lessons) % {"count": course.lessons}


def _release(course: Any) -> str:
    if course.newest_number is None:
        return _("Release")
    return _("Version %(number)s") % {"number": course.newest_number}


def _state(course: CoursePage) -> str:
    return str(state_of(course, on=timezone.localdate()).label)


class CourseListView(IndexView):
    """One row a course; two clicks from a changed lesson to its release."""

    default_ordering = "title"
    page_title = gettext_lazy("Courses")
    header_icon = "ql-book"

    def get_base_queryset(self) -> QuerySet[CoursePage]:
        visible = self.permission_policy.explorable_instances(self.request.user).values("pk")
        return with_releases(CoursePage.objects.filter(pk__in=visible))


class CourseListing(PageListingViewSet):
    """Looking, and the ways to what can be done; a new course is put into the folder of courses."""

    model = CoursePage
    name = "course_list"
    url_prefix = "courses"
    icon = "ql-book"
    index_view_class = CourseListView
    columns = [
        TitleColumn("title", label=gettext_lazy("Course"), get_url=_edit_url, sort_key="title"),
        Column("module", label=gettext_lazy("Module"), accessor="get_module_display", width="10%"),
        LinkColumn(
            "lessons", label=gettext_lazy("Lessons"), accessor=_lessons, get_url=_lessons_url, width="10%"
        ),
        LinkColumn(
            "version", label=gettext_lazy("Release"), accessor=_release, get_url=release_url, width="12%"
        ),
        Column("state", label=gettext_lazy("What is next"), accessor=_state, width="24%"),
        LiveStatusTagColumn(),
    ]
