"""The pages on which one scheme is written: its outline, its head, its renewal, one rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.admin.scheme_forms import HeadForm, RenewalForm
from assessments.admin.scheme_rows import facts_of, in_full, problems_by_rule, renewals_of, rows_of
from assessments.admin.scheme_rule_forms import GROUP, KINDS, RuleForm, kind_of
from assessments.admin.schemes import SchemePage
from assessments.models import SchemeVersion
from assessments.schemes.drafts import digest_of
from assessments.schemes.editing import (
    ROOT,
    Definition,
    Line,
    NoSuchPlace,
    groups_for,
    line_at,
    line_with_id,
    moved,
    outline,
    shifted,
    with_added,
    with_head,
    with_rule,
    without,
)
from assessments.schemes.previewing import newest_preview
from assessments.schemes.reading import rule_text, titles_for
from competencies.framework import views
from core.errors import Refusal


class SchemeView(SchemePage):
    """The whole scheme: head, renewal, rules in words, and what stands in the way of a release."""

    template_name = "assessments/admin/scheme.html"
    page_title = gettext_lazy("Scheme")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.crumbs()[:-1], {"label": self.draft.title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        definition = self.draft.definition
        problems = problems_by_rule(definition)
        newest = SchemeVersion.objects.newest().filter(key=self.draft.key).first()
        digest = digest_of(self.draft)
        preview = newest_preview(self.draft)
        return super().get_context_data(
            facts=facts_of(definition),
            renewals=renewals_of(definition),
            rows=rows_of(definition, problems),
            problems=list(map(in_full, problems.get("", ()))),
            is_sound=not problems,
            problem_count=sum(map(len, problems.values())),
            newest=newest,
            is_released=bool(newest and newest.content_hash == digest),
            preview=preview,
            preview_is_fresh=bool(
                preview and preview.content_hash == digest and preview.against_id == (newest and newest.pk)
            ),
            kinds=[(name, kind.title) for name, kind in KINDS.items()],
            **kwargs,
        )


class WritingPage(SchemePage):
    """A page that changes the draft; afterwards one is back at the scheme."""

    writes = True
    template_name = "assessments/admin/scheme_form.html"

    def kept(self, form: Any, definition: dict[str, Any], said: str) -> HttpResponse:
        """Store that and go back to the scheme, or show the form with what was typed and why not."""
        try:
            self.store(definition)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self.again(form, stored=self.stored_now() if refusal.code == "stale" else ())
        messages.success(self.request, said)
        return redirect("schemes:scheme", self.draft.pk)

    def again(self, form: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, **kwargs), status=422)

    def stored_now(self) -> list[str]:
        """What another window stored, to be seen beside what was typed here."""
        return []

    def done(self, definition: dict[str, Any], place: str = "") -> HttpResponse:
        """Store a change that nobody typed anything for, and go back to the rule it was about."""
        try:
            self.store(definition)
        except Refusal as refusal:
            messages.error(self.request, str(refusal))
        response = redirect("schemes:scheme", self.draft.pk)
        if place:
            response["Location"] += f"#rule-{place}"
        return response


class HeadView(WritingPage):
    """The scheme itself, without its rules."""

    page_title = gettext_lazy("Change what the scheme is")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or HeadForm(initial=self.draft.definition)
        return super().get_context_data(form=form, **kwargs)

    def stored_now(self) -> list[str]:
        definition = self.draft.definition
        title = (_("Title of the scheme"), str(definition.get("title", "")))
        return [
            _("%(field)s: %(change)s") % {"field": label, "change": text}
            for label, text in [title, *facts_of(definition)]
        ]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = HeadForm(request.POST)
        if not form.is_valid():
            return self.again(form)
        return self.kept(form, with_head(self.draft.definition, **form.said()), _("Stored."))


class RenewalView(WritingPage):
    """Dated rules: how many hours of learning renew a certificate."""

    template_name = "assessments/admin/scheme_renewal.html"
    page_title = gettext_lazy("Renewal")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or RenewalForm()
        return super().get_context_data(form=form, renewals=renewals_of(self.draft.definition), **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        definition = self.draft.definition
        present = definition.get("renewal")
        rules = [*present] if isinstance(present, list) else []
        removed = request.POST.get("remove")
        if removed is not None:
            left = [each for number, each in enumerate(rules) if str(number) != removed]
            return self.kept_without(with_head(definition, renewal=left))
        form = RenewalForm(request.POST)
        if not form.is_valid():
            return self.again(form)
        rules = sorted([*rules, form.said()], key=_first_day)
        return self.kept(form, with_head(definition, renewal=rules), _("Stored."))

    def kept_without(self, definition: dict[str, Any]) -> HttpResponse:
        self.done(definition)
        return redirect("schemes:renewal", self.draft.pk)


def _first_day(rule: Any) -> str:
    return str(rule.get("from")) if isinstance(rule, dict) else ""


class RulePage(WritingPage):
    """A page about one place in the tree. What is sent names the rule too: it may stand elsewhere by now."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except NoSuchPlace as error:
            if request.method != "POST":
                raise Http404 from error
        messages.error(request, _("The rule is not there any more: another window changed the scheme."))
        return redirect("schemes:scheme", self.draft.pk)

    @cached_property
    def line(self) -> Line:
        definition, named = self.draft.definition, self.request.POST.get("rule")
        if named is None:
            return line_at(definition, self.kwargs["place"])
        return line_with_id(definition, named)

    def form_for(self, kind: str, rule: Any, data: Any = None) -> RuleForm:
        view = views().get(str(self.draft.definition.get("view")))
        return RuleForm(data, kind=kind, view=view, rule=rule)

    def titled(self, said: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        """With a title made from the rest where none was typed; one that was made `before` is made again."""
        titles, view = titles_for([said, before]), self.draft.definition.get("view")
        if said["title"] and said["title"] != rule_text(before, titles, view):
            return said
        return {**said, "title": rule_text(said, titles, view)}


class RuleView(RulePage):
    """One rule: what it asks for, where it stands, and its end."""

    template_name = "assessments/admin/scheme_rule.html"
    page_title = gettext_lazy("Change a rule")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        line, definition = self.line, self.draft.definition
        form = kwargs.pop("form", None)
        problems: list[str] = []
        if form is None:
            form = self.form_for(self.kind, line.rule)
            problems = form.show(problems_by_rule(definition).get(line.where, ()), line.where)
        titles = {each.place: each.rule.get("title") for each in outline(definition)}
        return super().get_context_data(
            form=form,
            line=line,
            kind=KINDS[self.kind].title,
            problems=problems,
            groups=[(place, titles[place]) for place in groups_for(definition, line.place)],
            held=len(line.rule.get("rules") or ()),
            **kwargs,
        )

    @cached_property
    def kind(self) -> str:
        return kind_of(self.line.rule)

    def stored_now(self) -> list[str]:
        rule = self.line.rule
        return [rule_text(rule, titles_for([rule]), self.draft.definition.get("view"))]

    def post(self, request: HttpRequest, pk: int, place: str) -> HttpResponse:
        form = self.form_for(self.kind, self.line.rule, request.POST)
        if not form.is_valid():
            return self.again(form)
        definition = with_rule(
            self.draft.definition, self.line.place, self.titled(form.said(), self.line.rule)
        )
        return self.kept(form, definition, _("The rule is stored."))


class AddView(RulePage):
    """A new rule at the end of a group."""

    page_title = gettext_lazy("Add a rule")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or self.form_for(self.kind, {})
        return super().get_context_data(
            form=form, kind=KINDS[self.kind].title, group=self.line.rule.get("title"), **kwargs
        )

    @cached_property
    def kind(self) -> str:
        kind = self.request.GET.get("kind", GROUP)
        if kind not in KINDS or not self.line.takes_more:
            raise Http404
        return kind

    def post(self, request: HttpRequest, pk: int, place: str) -> HttpResponse:
        form = self.form_for(self.kind, {}, request.POST)
        if not form.is_valid():
            return self.again(form)
        definition = with_added(self.draft.definition, self.line.place, self.titled(form.said(), {}))
        return self.kept(form, definition, _("The rule is added."))


class PlaceView(RulePage):
    """Moves a rule up, down or into another group, or takes it out."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, place: str) -> HttpResponse:
        command, definition, place = request.POST.get("do", ""), self.draft.definition, self.line.place
        match command:
            case "up" | "down":
                changed = shifted(definition, place, -1 if command == "up" else 1)
            case "move":
                changed = moved(definition, place, request.POST.get("group", ""))
            case "remove":
                return self.done(without(definition, place), self.line.parent)
            case _:
                return redirect("schemes:scheme", pk)
        return self.done(changed, _place_of(changed, self.line.rule))


def _place_of(definition: Definition, rule: Mapping[str, Any]) -> str:
    """Where a rule stands now."""
    return next((line.place for line in outline(definition) if line.rule.get("id") == rule.get("id")), ROOT)
