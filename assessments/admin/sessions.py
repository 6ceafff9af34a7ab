"""考试场次 in the editor's admin: the list of sessions, for administrators, each within their own part of the tree."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permission_policies.base import BasePermissionPolicy

from assessments.halls.watching import sessions_administered_by
from assessments.models import ExamSession, ExamVersion
from core.viewsets import LookingViewSet
from people.accounts import current_person
from people.models import Account, Person, Role, RoleAssignment
from people.roles import has_role


class SessionPolicy(BasePermissionPolicy):
    """Administrators see the sessions of their own subtree; what changes them asks again (halls.sessions)."""

    def user_has_permission(self, user: Account, action: str) -> bool:
        """Whether the user may look at sessions at all."""
        if action != "view" or not user.is_authenticated or user.person_id is None:
            return False
        return has_role(Person(pk=user.person_id), Role.ADMINISTRATOR, on=timezone.localdate())

    def user_has_permission_for_instance(self, user: Account, action: str, instance: ExamSession) -> bool:
        """Whether this session is held in the user's subtree."""
        return self.instances_user_has_any_permission_for(user, [action]).filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(
        self, user: Account, actions: list[str]
    ) -> QuerySet[ExamSession]:
        """The sessions of the user's subtree."""
        if not self.user_has_any_permission(user, actions):
            return ExamSession.objects.none()
        return sessions_administered_by(Person(pk=user.person_id), at=timezone.now())

    def users_with_any_permission(self, actions: list[str]) -> QuerySet[Account]:
        """Accounts that hold the role now."""
        if "view" not in actions:
            return Account.objects.none()
        held = RoleAssignment.objects.active(on=timezone.localdate()).filter(role=Role.ADMINISTRATOR)
        return Account.objects.filter(person__in=held.values("person"), is_active=True)


class SessionIndexView(generic.IndexView):
    """The list, cut to the viewer's part of the tree, the newest first."""

    page_title = gettext_lazy("Exam sessions")

    def get_base_queryset(self) -> QuerySet[ExamSession]:
        seen = self.permission_policy.instances_user_has_permission_for(self.request.user, "view")
        exams = ExamVersion.objects.filter(key=OuterRef("exam_key")).order_by("-number")
        return (
            seen.select_related("organisation")
            .annotate(exam_title=Subquery(exams.values("title")[:1]), seat_count=Count("seats"))
            .order_by("-opens_at", "title")
        )

    def order_queryset(self, queryset: QuerySet[ExamSession]) -> QuerySet[ExamSession]:
        """As the base queryset has it."""
        return queryset

    @cached_property
    def header_buttons(self) -> list[Any]:
        """The way to a new session."""
        url = reverse("exam_sessions:new")
        return [HeaderButton(_("New session"), url=url, icon_name="plus", priority=10)]


class SessionsView(WagtailAdminTemplateMixin, TemplateView):
    """A page about sessions; for administrators, and as if it did not exist for everybody else."""

    header_icon = "date"

    def crumbs(self, *steps: tuple[str, str]) -> list[dict[str, Any]]:
        """Home, the list, then these: title and address."""
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("exam_sessions:index"), "label": _("Exam sessions")},
            *({"url": url, "label": label} for label, url in steps),
            {"label": str(self.get_page_title())},
        ]


class SessionView(SessionsView):
    """A page about one session of one's own part of the tree; a foreign one does not exist."""

    session: ExamSession

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.session = own_session(request, kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.session.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs((self.session.title, self.home))

    @property
    def home(self) -> str:
        """The session's own page."""
        return reverse("exam_sessions:session", args=[self.session.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(session=self.session, **kwargs)


def own_session(request: HttpRequest, pk: UUID) -> ExamSession:
    """The session, for whoever administers it; else 404."""
    seen = sessions_administered_by(current_person(request), at=timezone.now())
    return get_object_or_404(seen.select_related("organisation"), pk=pk)


class ExamSessionViewSet(LookingViewSet):
    """The list; whatever changes a session has a page of its own (sessions_*)."""

    model = ExamSession
    name = "exam_sessions"
    icon = "date"
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = SessionIndexView
    form_fields: tuple[str, ...] = ()
    list_per_page = 50
    list_display = (
        TitleColumn("title", label=gettext_lazy("title"), url_name="exam_sessions:session"),
        Column("exam", label=gettext_lazy("exam"), accessor="exam_title"),
        Column("organisation", label=gettext_lazy("Organisation"), accessor="organisation.name"),
        DateColumn("opens_at", label=gettext_lazy("opens")),
        Column("seats", label=gettext_lazy("Seats"), accessor="seat_count"),
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        from assessments.admin.sessions_urls import urlpatterns

        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            *urlpatterns,
        ]
