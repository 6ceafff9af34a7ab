"""重判 in the editor's admin: who may look, the list, and what every page of one regrade begins with.

Its pages show keys: they are there for authors and administrators, and for nobody else. Candidates are told by name
only to readers in whose scope they are.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from assessments.models import ExamVersion, Regrade
from assessments.permissions import can_read_bank
from assessments.regrading.changes import changes_text
from core.viewsets import LookingViewSet


class RegradeIndexView(generic.IndexView):
    """Every regrade, the newest first."""

    page_title = gettext_lazy("Regrades")

    def get_base_queryset(self) -> QuerySet[Regrade]:
        return (
            Regrade.objects.select_related("exam_version")
            .defer("exam_version__document")
            .annotate(line_count=Count("lines"), flip_count=Count("lines", filter=Q(lines__flips=True)))
            .order_by("-proposed_at", "pk")
        )

    def order_queryset(self, queryset: QuerySet[Regrade]) -> QuerySet[Regrade]:
        """As the base queryset has it."""
        return queryset

    @cached_property
    def header_buttons(self) -> list[Any]:
        """The way to a new one."""
        url = reverse("regrades:begin")
        return [HeaderButton(_("New regrade"), url=url, icon_name="plus", priority=10)]


class RegradesView(WagtailAdminTemplateMixin, TemplateView):
    """A page of the section; as if it did not exist for whoever may not see keys here."""

    header_icon = "rotate"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_reader(request)
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    def crumbs(self, *steps: tuple[str, str]) -> list[dict[str, Any]]:
        """Home, the list, then these: title and address; then this page."""
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("regrades:index"), "label": _("Regrades")},
            *({"url": url, "label": label} for label, url in steps),
            {"label": str(self.get_page_title())},
        ]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs()


class RegradeView(RegradesView):
    """A page about one regrade."""

    @cached_property
    def regrade(self) -> Regrade:
        return regrade_or_404(self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return title_of(self.regrade)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(regrade=self.regrade, **kwargs)


def check_reader(request: HttpRequest) -> None:
    """Raises Http404 for whoever is neither author nor administrator."""
    if not request.user.is_authenticated or not can_read_bank(request.user):
        raise Http404


def regrade_or_404(pk: UUID) -> Regrade:
    """The regrade with its release and what came of it."""
    found = Regrade.objects.select_related("exam_version", "correction")
    return get_object_or_404(found, pk=pk)


def title_of(regrade: Regrade) -> str:
    """The exam and its release."""
    return release_title(regrade.exam_version)


def release_title(version: ExamVersion) -> str:
    """An exam and which release of it: 舆情管理考试（第 2 版）."""
    return _("%(title)s (release %(number)s)") % {"title": version.title, "number": version.number}


class RegradeViewSet(LookingViewSet):
    """The list; whatever changes a regrade has a page of its own (regrade_*)."""

    model = Regrade
    name = "regrades"
    icon = "rotate"
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = RegradeIndexView
    form_fields: tuple[str, ...] = ()
    list_per_page = 50
    list_display = (
        TitleColumn("exam", label=gettext_lazy("exam"), accessor=title_of, url_name="regrades:regrade"),
        Column(
            "changes", label=gettext_lazy("What changes"), accessor=lambda each: changes_text(each.changes)
        ),
        Column("status", label=gettext_lazy("State"), accessor="get_status_display", width="12%"),
        Column("lines", label=gettext_lazy("Papers"), accessor="line_count", width="9%"),
        Column("flips", label=gettext_lazy("Outcomes that flip"), accessor="flip_count", width="12%"),
        DateColumn("proposed_at", label=gettext_lazy("Drafted on"), width="13%"),
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        from assessments.admin.regrades_urls import urlpatterns

        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            *urlpatterns,
        ]
