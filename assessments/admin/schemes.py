"""认证方案 in the editor's admin: the list, who may do what, and what every page of one scheme begins with."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from assessments.admin.scheme_forms import BeginForm
from assessments.admin.scheme_rows import level_title
from assessments.models import SchemeDraft, SchemeVersion
from assessments.permissions import can_read_bank
from assessments.schemes.comparing import HEAD
from assessments.schemes.drafts import digest_of, draft_from, store_scheme_draft
from assessments.schemes.editing import begun
from assessments.schemes.releasing import newest_scheme
from competencies.framework import views
from core.errors import Refusal
from core.viewsets import LookingViewSet
from people.accounts import current_person
from people.models import Role
from people.roles import has_role


def may_write(request: HttpRequest) -> bool:
    """Schemes are written and released by administrators; authors may read them."""
    return has_role(current_person(request), Role.ADMINISTRATOR, on=timezone.localdate())


def check_reader(request: HttpRequest) -> None:
    """Raises PermissionDenied for whoever is neither author nor administrator."""
    if not request.user.is_authenticated or not can_read_bank(request.user):
        raise PermissionDenied


def check_writer(request: HttpRequest) -> None:
    """Raises PermissionDenied for whoever is no administrator."""
    check_reader(request)
    if not may_write(request):
        raise PermissionDenied


def seen_revision(request: HttpRequest) -> int:
    """The revision of the draft on the page that was sent; 0, which none has, where it does not say."""
    return _whole(request.POST.get("revision", ""))


def _whole(text: str) -> int:
    """A number that a page sent; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


class SchemesView(WagtailAdminTemplateMixin, TemplateView):
    """A page of the section, for those who may read schemes; what writes is for administrators."""

    header_icon = "ql-seal"
    writes = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check = check_writer if self.writes else check_reader
        check(request)
        return super().dispatch(request, *args, **kwargs)

    def crumbs(self, *steps: tuple[str, str]) -> list[dict[str, Any]]:
        """Home, the list, then these: title and address; then this page."""
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("schemes:index"), "label": _("1+N schemes")},
            *({"url": url, "label": label} for label, url in steps),
            {"label": self.get_header_title()},
        ]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs()


class SchemePage(SchemesView):
    """A page about one draft."""

    @cached_property
    def draft(self) -> SchemeDraft:
        return get_object_or_404(SchemeDraft, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.draft.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs((self.draft.title, reverse("schemes:scheme", args=[self.draft.pk])))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(draft=self.draft, may_write=may_write(self.request), **kwargs)

    def store(self, definition: dict[str, Any]) -> SchemeDraft:
        """Keep that, unless another window saved meanwhile. Raises Refusal."""
        return store_scheme_draft(
            definition=definition,
            draft=self.draft,
            revision=seen_revision(self.request),
            by=current_person(self.request),
            now=timezone.now(),
        )


class SchemeIndexView(generic.IndexView):
    """Every draft, those never released first, and released schemes that nobody is changing."""

    page_title = gettext_lazy("1+N schemes")
    results_template_name = "assessments/admin/scheme_results.html"

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        drafted = SchemeDraft.objects.values("key")
        untouched = SchemeVersion.objects.newest().exclude(key__in=drafted).order_by("title", "key")
        return super().get_context_data(
            *args, may_write=may_write(self.request), untouched=untouched, **kwargs
        )

    def get_base_queryset(self) -> QuerySet[SchemeDraft]:
        newest = SchemeVersion.objects.newest().filter(key=OuterRef("key"))
        return SchemeDraft.objects.annotate(
            newest_number=Subquery(newest.values("number")[:1]),
            newest_hash=Subquery(newest.values("content_hash")[:1]),
        ).order_by(F("newest_number").asc(nulls_first=True), "title", "key")

    def order_queryset(self, queryset: QuerySet[SchemeDraft]) -> QuerySet[SchemeDraft]:
        """As the base queryset has it."""
        return queryset


class BeginView(SchemesView):
    """A scheme from nothing; its rules come next."""

    template_name = "assessments/admin/scheme_begin.html"
    page_title = gettext_lazy("New scheme")
    writes = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": BeginForm(), **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = BeginForm(request.POST)
        if form.is_valid():
            definition = begun(**form.cleaned_data, view=next(iter(views())))
            try:
                draft = store_scheme_draft(
                    definition=definition, by=current_person(request), now=timezone.now()
                )
            except Refusal as refusal:
                form.add_error("key", str(refusal))
            else:
                messages.success(request, _("The draft is there. Say now what it asks for."))
                return redirect("schemes:scheme", draft.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


@require_POST
def change_released(request: HttpRequest, key: str) -> HttpResponse:
    """A draft of a released scheme that nobody is changing yet."""
    check_writer(request)
    number = request.POST.get("number", "")
    try:
        version = newest_scheme(key)
        if number and number != str(version.number):
            version = get_object_or_404(SchemeVersion.objects.filter(key=key), number=_whole(number))
        draft = draft_from(version=version, by=current_person(request), now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        present = SchemeDraft.objects.filter(key=key).first()
        return redirect("schemes:scheme", present.pk) if present else redirect("schemes:index")
    return redirect("schemes:scheme", draft.pk)


def _state(draft: SchemeDraft) -> str:
    """Of a row of the list, which knows the newest release."""
    number = draft.newest_number  # type: ignore[attr-defined]
    if number is None:
        return _("Not released")
    if digest_of(draft) == draft.newest_hash:  # type: ignore[attr-defined]
        return _("In force as version %(number)s") % {"number": number}
    return _("Changed since version %(number)s, which is in force") % {"number": number}


class SchemeViewSet(LookingViewSet):
    """Looking for authors; beginning, changing and releasing for administrators."""

    model = SchemeDraft
    name = "schemes"
    icon = "ql-seal"
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = SchemeIndexView
    form_fields: tuple[str, ...] = ()
    list_per_page = 50
    list_display = (
        TitleColumn("title", label=gettext_lazy("Title of the scheme"), url_name="schemes:scheme"),
        Column(
            "level",
            label=HEAD["level"],
            accessor=lambda each: level_title(each.definition.get("level")),
        ),
        Column("state", label=gettext_lazy("State"), accessor=_state),
        DateColumn("stored_at", label=gettext_lazy("Stored")),
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        from assessments.admin.schemes_urls import urlpatterns

        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            *urlpatterns,
        ]
