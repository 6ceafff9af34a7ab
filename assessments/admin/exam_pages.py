"""The pages of one exam draft beside its own: settings, sections, the proof, and its beginning."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permissions import policy_registry

from assessments.admin.exam_charts import chart_of
from assessments.admin.exam_sections import (
    NAME,
    SectionFormSet,
    initial_of,
    known_tags,
    posted_initial,
    stored_sections,
    with_command,
)
from assessments.admin.exam_settings import SettingsForm
from assessments.blueprints import Proof
from assessments.blueprints.exposure import excess
from assessments.exams.definitions import LONGEST_TITLE, MOST_MINUTES
from assessments.exams.draft_readings import problems_of, read_draft
from assessments.exams.drafts import begin_exam_draft, change_exam_draft
from assessments.exams.sectioning import blueprinted, percent_text
from assessments.models import ExamDraft
from assessments.permissions import can_read_keys
from assessments.plain_forms import PlainForm
from core.errors import Refusal
from people.accounts import current_person


def check_author(request: HttpRequest) -> None:
    """Raises PermissionDenied for whoever may not write drafts."""
    if not (may_look(request) and can_read_keys(request.user)):
        raise PermissionDenied


def may_look(request: HttpRequest) -> bool:
    allowed: bool = policy_registry.get_by_type(ExamDraft).user_has_permission(request.user, "view")
    return allowed


class DraftsView(WagtailAdminTemplateMixin, TemplateView):
    """A page for authors below the list of drafts."""

    header_icon = "doc-full"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        check_author(request)
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The list, this page."""
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("exam_drafts:index"), "label": _("Exam drafts")},
            {"label": self.page_title},
        ]


class DraftPage(DraftsView):
    """A page about one draft."""

    draft: ExamDraft

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        check_author(request)
        self.draft = get_object_or_404(ExamDraft, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.draft.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The list, the draft, this page."""
        *before, last = super().get_breadcrumbs_items()
        own = {"url": reverse("exam_drafts:inspect", args=[self.draft.pk]), "label": self.draft.title}
        return [*before, own, {**last, "sublabel": self.draft.title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(draft=self.draft, **kwargs)

    def change(self, changes: dict[str, Any]) -> ExamDraft:
        """Store that. Raises Refusal."""
        by = current_person(self.request)
        return change_exam_draft(draft=self.draft, changes=changes, by=by, now=timezone.now())


class BeginForm(PlainForm):
    """What a draft needs to exist."""

    title = forms.CharField(label=gettext_lazy("title"), max_length=LONGEST_TITLE)
    key = forms.SlugField(
        label=gettext_lazy("Stable key"),
        help_text=gettext_lazy(
            "Letters, digits, - and _. Certificates and results call the exam by it for ever."
        ),
        max_length=64,
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Time limit in minutes"), min_value=1, max_value=MOST_MINUTES, initial=60
    )
    pass_percent = forms.DecimalField(
        label=gettext_lazy("Percentage of the points to pass"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        initial=60,
    )


class BeginView(DraftsView):
    """A draft from nothing; its sections come next."""

    template_name = "assessments/admin/exam_begin.html"
    page_title = gettext_lazy("New exam draft")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": BeginForm(), **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = BeginForm(request.POST)
        if form.is_valid():
            try:
                draft = begin_exam_draft(**form.cleaned_data, by=current_person(request), now=timezone.now())
            except Refusal as refusal:
                form.add_error("key" if refusal.code == "taken" else None, str(refusal))
            else:
                messages.success(request, _("The draft is there. Say now what its papers ask."))
                return redirect("exam_drafts:sections", draft.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SettingsView(DraftPage):
    """The settings of one draft."""

    template_name = "assessments/admin/exam_draft_settings.html"
    page_title = gettext_lazy("Change settings")
    header_icon = "cog"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or SettingsForm(definition=self.draft.definition)
        return super().get_context_data(form=form, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = SettingsForm(request.POST, definition=self.draft.definition)
        if form.is_valid():
            try:
                self.change(form.changes())
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The settings are stored."))
                return redirect("exam_drafts:inspect", pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SectionsView(DraftPage):
    """What the papers of one draft ask, section by section."""

    template_name = "assessments/admin/exam_sections.html"
    page_title = gettext_lazy("Sections")
    header_icon = "list-ul"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        stored = [initial_of(section) for section in stored_sections(self.draft.definition)]
        return self.page(stored or with_command([], "more"))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        command, typed = request.POST.get("do", "store"), posted_initial(request.POST)
        if command not in ("store", "count"):
            return self.page(with_command(typed, command))
        formset = SectionFormSet(request.POST, prefix=NAME, form_kwargs={"tags": known_tags(typed)})
        if not formset.is_valid():
            return self.shown(formset, status=422)
        said = [form.said() for form in formset]
        if command == "count":
            pools = blueprinted({"sections": said}).pools
            fits = [(len(pool.keys), max(0, pool.count - len(pool.keys))) for pool in pools]
            return self.shown(formset, fits=fits)
        try:
            self.change({"sections": said})
        except Refusal as refusal:
            return self.shown(formset, refusal=str(refusal), status=422)
        messages.success(request, _("The sections are stored. This is what papers they make."))
        return redirect("exam_drafts:proof", pk)

    def page(self, typed: list[dict[str, Any]]) -> HttpResponse:
        """The form with what was typed, nobody having asked yet whether it is right."""
        tags = known_tags(typed)
        return self.shown(SectionFormSet(initial=typed, prefix=NAME, form_kwargs={"tags": tags}))

    def shown(
        self, formset: Any, *, fits: list[tuple[int, int]] | None = None, refusal: str = "", status: int = 200
    ) -> HttpResponse:
        numbers: list[tuple[int | None, int]] = [*fits] if fits else [(None, 0)] * len(formset.forms)
        context = self.get_context_data(
            formset=formset,
            parts=[(form, *number) for form, number in zip(formset.forms, numbers, strict=True)],
            refusal=refusal,
            converts="sections" not in self.draft.definition,
        )
        return self.render_to_response(context, status=status)


class ProofView(WagtailAdminTemplateMixin, TemplateView):
    """How many questions fit each section, what is short, how far papers differ, and how known a question becomes."""

    template_name = "assessments/admin/exam_proof.html"
    page_title = gettext_lazy("Proof of the papers")
    header_icon = "list-ol"
    draft: ExamDraft

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_look(request):
            raise PermissionDenied
        self.draft = get_object_or_404(ExamDraft, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.draft.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The list, the draft, this page."""
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("exam_drafts:index"), "label": _("Exam drafts")},
            {"url": reverse("exam_drafts:inspect", args=[self.draft.pk]), "label": self.draft.title},
            {"label": self.page_title, "sublabel": self.draft.title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reading = read_draft(self.draft)
        proof = reading.proof
        return super().get_context_data(
            draft=self.draft,
            reading=reading,
            proof=proof,
            problems=problems_of(proof) if proof else (),
            chart=chart_of(proof) if proof else None,
            highest=percent_text(proof.highest.share) if proof and proof.highest else "",
            cap_state=_cap_state(proof, self.draft.definition.get("exposure_cap")),
            may_write=can_read_keys(self.request.user),
            **kwargs,
        )


def _cap_state(proof: Proof | None, cap: str | int | None) -> str:
    """ "kept", "near" for above it by no more than measuring explains, or "missed"."""
    if proof is None or proof.highest is None or cap is None:
        return "kept"
    share = Fraction(str(cap)) / 100
    if excess(proof.exposures, share):
        return "missed"
    return "near" if proof.highest.share > share else "kept"
