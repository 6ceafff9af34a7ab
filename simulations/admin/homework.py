"""Homework for the four lists as authors and administrators read it: without names, the oldest first."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refusal
from library.models import ListKind
from people.accounts import current_person
from people.scope import can_see
from simulations import queries
from simulations.admin.pages import RehearsalsView
from simulations.models import HomeworkStatus, ListHomework
from simulations.reviewing import homework as pieces
from simulations.reviewing.forms import AdviceForm, step_choices
from simulations.reviewing.margins import places_of
from simulations.scenarios import scenario_of

AT_ONCE = 50
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")


class AcceptForm(forms.Form):
    """The entry as it goes into the list."""

    key = forms.CharField(
        label=gettext_lazy("Stable key"),
        help_text=gettext_lazy("Small letters, digits and hyphens; scenarios cite the entry by it."),
        max_length=64,
    )
    kind = forms.ChoiceField(label=gettext_lazy("List"), choices=ListKind)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=pieces.TITLE_LENGTH)
    text = forms.CharField(
        label=gettext_lazy("The entry"),
        help_text=gettext_lazy("Take out whatever tells who or where it was."),
        max_length=pieces.TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if not _KEY.match(key):
            raise forms.ValidationError(_("Small letters, digits and hyphens only."))
        return key


def _offered_key(piece: ListHomework) -> str:
    """A key nobody has yet, for whoever does not want to think of one: s1-3f2a91c0."""
    story = re.sub(r"[^a-z0-9-]", "-", piece.playthrough.version.key.lower())[:40].lstrip("-")
    return f"{story}-{piece.pk.hex[:8]}".lstrip("-")


def _place_of(piece: ListHomework) -> str:
    """Where in the run it was learnt: 第 3 步，窗口……, or the run as a whole."""
    run = piece.playthrough
    places = places_of(scenario_of(run.standing_version), queries.state_of(run))
    return dict(step_choices(places)).get(piece.step, "")


class HomeworkIndex(RehearsalsView):
    """What waits to be read."""

    template_name = "simulations/admin/homework_index.html"
    page_title = gettext_lazy("Homework for the four lists")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = pieces.homework_waiting(current_person(self.request))
        return super().get_context_data(waiting=list(waiting[:AT_ONCE]), **kwargs)


class HomeworkPage(RehearsalsView):
    """One piece: take it into the list, or send it back with advice. 404 for one's own."""

    template_name = "simulations/admin/homework.html"
    page_title = gettext_lazy("Homework for the four lists")

    @cached_property
    def piece(self) -> ListHomework:
        found = ListHomework.objects.exclude(person=current_person(self.request))
        return get_object_or_404(
            found.select_related("playthrough__version", "playthrough__judged_by", "person", "entry"),
            pk=self.kwargs["homework"],
        )

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs((_("Homework for the four lists"), reverse("scenarios:homework")))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        piece = self.piece
        typed = {
            "key": _offered_key(piece), "kind": piece.kind, "title": piece.title, "text": piece.text,
        }  # fmt: skip
        is_open = piece.status == HomeworkStatus.SUBMITTED
        forms_of_it = {"accept": AcceptForm(initial=typed), "advice": AdviceForm()} if is_open else {}
        said = {"piece": piece, "is_open": is_open, "place": _place_of(piece), "run_url": self._run_url()}
        return super().get_context_data(**said | forms_of_it | kwargs)

    def _run_url(self) -> str:
        """Where the run is read, for whoever may see whose it is; everybody else goes without."""
        piece = self.piece
        if not can_see(current_person(self.request), piece.person, at=timezone.now()):
            return ""
        url = reverse("simulations:debrief", args=[piece.playthrough_id])
        return f"{url}#step-{piece.step}" if piece.step else url

    def post(self, request: HttpRequest, homework: UUID) -> HttpResponse:
        """The button that was pressed says which."""
        return self._return() if "return" in request.POST else self._accept()

    def _accept(self) -> HttpResponse:
        form = AcceptForm(self.request.POST)
        if not form.is_valid():
            return self.refused(accept=form)
        words = pieces.Words(
            form.cleaned_data["kind"],
            form.cleaned_data["title"],
            form.cleaned_data["text"],
            self.piece.step,
        )
        try:
            pieces.accept_homework(
                homework=self.piece,
                key=form.cleaned_data["key"],
                words=words,
                by=current_person(self.request),
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("key" if refusal.code == "key" else None, str(refusal))
            return self.refused(accept=form)
        messages.success(self.request, _("Taken into the list. The writer is told."))
        return redirect("scenarios:homework")

    def _return(self) -> HttpResponse:
        form = AdviceForm(self.request.POST)
        if not form.is_valid():
            return self.refused(advice=form)
        pieces.return_homework(
            homework=self.piece, by=current_person(self.request), now=timezone.now(), **form.cleaned_data
        )
        messages.success(self.request, _("Sent back with your advice."))
        return redirect("scenarios:homework")
