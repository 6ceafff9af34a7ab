"""The pages on which one scheme is written: its outline, its head, its renewal, one rule."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.admin.scheme_forms import (
    GROUP,
    KINDS,
    HeadForm,
    RenewalForm,
    RuleForm,
    kind_of,
)
from assessments.admin.schemes import SchemePage, level_title
from assessments.items.checking import as_decimal, as_text
from assessments.models import SchemeVersion
from assessments.schemes.drafts import digest_of, problems_of
from assessments.schemes.editing import (
    ROOT,
    Definition,
    Line,
    NoSuchPlace,
    groups_for,
    line_at,
    moved,
    outline,
    shifted,
    with_added,
    with_head,
    with_rule,
    without,
)
from assessments.schemes.previewing import newest_preview
from assessments.schemes.reading import Titles, rule_text, titles_for
from competencies.framework import views
from core.errors import Refusal


@dataclass(frozen=True)
class Row:
    """A rule as the outline shows it."""

    line: Line
    title: str
    text: str
    problems: tuple[str, ...] = ()


def rows_of(definition: Definition, problems: dict[str, list[str]] | None = None) -> tuple[Row, ...]:
    """The outline in words, each rule with its own problems. One query."""
    lines = outline(definition)
    titles, view = titles_for(lines), definition.get("view")
    return tuple(
        Row(
            line,
            str(line.rule.get("title") or ""),
            rule_text(line.rule, titles, view),
            tuple((problems or {}).get(line.where, ())),
        )
        for line in lines
    )


def problems_by_rule(definition: Definition) -> dict[str, list[str]]:
    """What stands in the way, by the rule it is about; "" for the scheme itself."""
    places = sorted((line.where for line in outline(definition)), key=len, reverse=True)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for problem in problems_of(definition):
        own = (where for where in places if problem.where == where or problem.where.startswith(f"{where}."))
        found[next(own, "")].append(problem.text)
    return dict(found)


def facts_of(definition: Definition) -> list[tuple[str, str]]:
    """The scheme's head in words."""
    months, view = definition.get("valid_months"), views().get(str(definition.get("view")))
    valid = _("%(months)s months") % {"months": months} if months else _("without end")
    return [
        (_("Stable key"), str(definition.get("key", ""))),
        (_("Level"), level_title(definition.get("level")) or _("no level")),
        (_("Title of the certificate"), str(definition.get("certificate_title", ""))),
        (_("Valid"), valid),
        (_("Abilities shown"), view.title if view else str(definition.get("view", ""))),
    ]


def renewals_of(definition: Definition) -> list[str]:
    """Each dated rule of renewal in a sentence."""
    rules = definition.get("renewal")
    return [
        _("Issued from %(since)s on: %(hours)s hours within %(months)s months")
        % {
            "since": each.get("from"),
            "hours": as_text(as_decimal(each.get("hours")) or Decimal(0)),
            "months": each.get("months"),
        }
        for each in (rules if isinstance(rules, list) else [])
        if isinstance(each, dict)
    ]


class SchemeView(SchemePage):
    """The whole scheme: head, renewal, rules in words, and what stands in the way of a release."""

    template_name = "assessments/admin/scheme.html"
    page_title = gettext_lazy("Scheme")

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
            problems=problems.get("", []),
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
            return self.again(form)
        messages.success(self.request, said)
        return redirect("schemes:scheme", self.draft.pk)

    def again(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def done(self, definition: dict[str, Any], anchor: str = "") -> HttpResponse:
        """Store a change that nobody typed anything for, and go back."""
        try:
            self.store(definition)
        except Refusal as refusal:
            messages.error(self.request, str(refusal))
        response = redirect("schemes:scheme", self.draft.pk)
        if anchor:
            response["Location"] += f"#{anchor}"
        return response


class HeadView(WritingPage):
    """The scheme itself, without its rules."""

    page_title = gettext_lazy("Change what the scheme is")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or HeadForm(initial=self.draft.definition)
        return super().get_context_data(form=form, **kwargs)

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
        rules = [*definition.get("renewal", [])]
        removed = request.POST.get("remove", "")
        if removed.isdecimal() and int(removed) < len(rules):
            del rules[int(removed)]
            return self.done(with_head(definition, renewal=rules))
        form = RenewalForm(request.POST)
        if not form.is_valid():
            return self.again(form)
        rules = sorted([*rules, form.said()], key=lambda rule: str(rule.get("from")))
        return self.kept(form, with_head(definition, renewal=rules), _("Stored."))


class RulePage(WritingPage):
    """A page about one place in the tree."""

    @cached_property
    def line(self) -> Line:
        try:
            return line_at(self.draft.definition, self.kwargs["place"])
        except NoSuchPlace as error:
            raise Http404 from error

    def form_for(self, kind: str, rule: Any, data: Any = None) -> RuleForm:
        view = views().get(str(self.draft.definition.get("view")))
        return RuleForm(data, kind=kind, view=view, rule=rule)

    def titled(self, said: dict[str, Any]) -> dict[str, Any]:
        """With a title made from the rest where none was typed."""
        if said["title"]:
            return said
        titles: Titles = titles_for([Line("", "", said, 0)])
        return {**said, "title": rule_text(said, titles, self.draft.definition.get("view"))}


class RuleView(RulePage):
    """One rule: what it asks for, where it stands, and its end."""

    template_name = "assessments/admin/scheme_rule.html"
    page_title = gettext_lazy("Change a rule")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        line, definition = self.line, self.draft.definition
        form = kwargs.pop("form", None) or self.form_for(self.kind, line.rule)
        titles = {each.place: each.rule.get("title") for each in outline(definition)}
        return super().get_context_data(
            form=form,
            line=line,
            kind=KINDS[self.kind].title,
            problems=problems_by_rule(definition).get(line.where, []),
            groups=[(place, titles[place]) for place in groups_for(definition, line.place)],
            held=len(line.rule.get("rules") or ()),
            **kwargs,
        )

    @cached_property
    def kind(self) -> str:
        kind = kind_of(self.line.rule)
        if kind not in KINDS:
            raise Http404
        return kind

    def post(self, request: HttpRequest, pk: int, place: str) -> HttpResponse:
        form = self.form_for(self.kind, self.line.rule, request.POST)
        if not form.is_valid():
            return self.again(form)
        definition = with_rule(self.draft.definition, self.line.place, self.titled(form.said()))
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
        if kind not in KINDS or not self.line.is_group:
            raise Http404
        return kind

    def post(self, request: HttpRequest, pk: int, place: str) -> HttpResponse:
        form = self.form_for(self.kind, {}, request.POST)
        if not form.is_valid():
            return self.again(form)
        definition = with_added(self.draft.definition, self.line.place, self.titled(form.said()))
        return self.kept(form, definition, _("The rule is added."))


class PlaceView(RulePage):
    """Moves a rule up, down or into another group, or takes it out."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, place: str) -> HttpResponse:
        command, definition, place = request.POST.get("do", ""), self.draft.definition, self.line.place
        try:
            match command:
                case "up" | "down":
                    step = -1 if command == "up" else 1
                    return self.done(shifted(definition, place, step), f"rule-{self.line.parent}")
                case "move":
                    return self.done(moved(definition, place, request.POST.get("group", "")))
                case "remove" if place != ROOT:
                    return self.done(without(definition, place), f"rule-{self.line.parent}")
        except NoSuchPlace:
            messages.error(request, _("The rule is not there any more: another window changed the scheme."))
        return redirect("schemes:scheme", pk)
