"""Pages of 成绩复核: the candidate's request, and the pages of those who decide and of the other marker."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assessments.errata_forms import add_refusal
from assessments.marking.recording import candidate_name
from assessments.models import REHEARSAL, Attempt, AttemptStatus, Recheck, RecheckStatus
from assessments.rechecks.asking import ask_recheck, grant_recheck, markers_to_choose, refuse_recheck
from assessments.rechecks.boards import CHIPS, block_of, changes_of, lists_for, paper_to_check
from assessments.rechecks.forms import AskForm, GrantForm, ReplyForm, answer_forms
from assessments.rechecks.reach import rechecks_administered_by, rechecks_handed_to
from assessments.rechecks.settling import settle_recheck
from assessments.rechecks.terms import check_can_ask
from assessments.results.reports import read_report
from core.errors import Refusal
from people.accounts import current_person, names_of
from people.models import Person, Role
from people.roles import has_role

GRANT, REFUSE = "grant", "refuse"


@require_http_methods(["GET", "POST"])
@login_required
def own_recheck(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """The candidate asks, or reads what became of it."""
    person, now = current_person(request), timezone.now()
    handed_in = Attempt.objects.filter(person=person).exclude(status=AttemptStatus.OPEN)
    found = handed_in.exclude(exam_key=REHEARSAL).select_related("exam_version", "person", "seat__session")
    attempt = get_object_or_404(found, pk=attempt_id)
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_recheck(attempt=attempt, text=form.cleaned_data["text"], by=person, now=now)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Sent. You get a notice when somebody has decided."))
            return redirect("assessments:recheck_own", attempt_id=attempt_id)
    result = attempt.results.order_by("-number")[0]
    about = block_of(attempt, result, now=now)
    context = {
        "attempt": attempt,
        "result": result,
        "about": about,
        "shows_marks": bool(about.changes) and read_report(attempt, now=now).look.marks,
        "form": form,
        "refusal": _why_not(attempt, result, person),
    }
    return render(request, "assessments/rechecks/own.html", context, status=422 if form.errors else 200)


@require_GET
@login_required
def rechecks(request: HttpRequest) -> HttpResponse:
    """What waits for an administrator or a marker, and what is over."""
    person, now = current_person(request), timezone.now()
    if not has_role(person, Role.ADMINISTRATOR, Role.EXAMINER, on=timezone.localdate(now)):
        raise PermissionDenied
    return render(request, "assessments/rechecks/rechecks.html", {"lists": lists_for(person, at=now)})


@require_http_methods(["GET", "POST"])
@login_required
def recheck(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One request: for its marker the paper, for its administrators the decision; for nobody else anything."""
    person, now = current_person(request), timezone.now()
    with_paper = ("attempt__exam_version", "attempt__person__account", "result", "outcome", "marker")
    handed = rechecks_handed_to(person, at=now).select_related(*with_paper).filter(pk=pk).first()
    if handed:
        return _marker_page(request, handed, person)
    administered = rechecks_administered_by(person, at=now).select_related(*with_paper)
    return _administrator_page(request, get_object_or_404(administered, pk=pk), person)


def _why_not(attempt: Attempt, result: Any, person: Person) -> str:
    """Why nothing can be asked for; "" where it can."""
    try:
        check_can_ask(attempt, result, by=person, now=timezone.now())
    except Refusal as refusal:
        return str(refusal)
    return ""


def _administrator_page(request: HttpRequest, found: Recheck, person: Person) -> HttpResponse:
    now, do = timezone.now(), request.POST.get("do", "")
    markers = markers_to_choose(found, by=person, at=now).values_list("pk", flat=True)
    named = sorted(names_of(set(markers)).items(), key=lambda each: each[1])
    grant = GrantForm(request.POST if do == GRANT else None, markers=named)
    refuse = ReplyForm(request.POST if do == REFUSE else None)
    if request.method == "POST":
        if do not in (GRANT, REFUSE):
            raise Http404
        form: Any = grant if do == GRANT else refuse
        if form.is_valid():
            try:
                _decide(request, found, person, grant=grant if do == GRANT else None, refuse=refuse)
            except Refusal as refusal:
                add_refusal(form, refusal)
            else:
                return redirect("assessments:rechecks")
    context = {
        "recheck": found,
        "chip": CHIPS[RecheckStatus(found.status)],
        "names": {"candidate": _name(found.attempt.person_id), "marker": _name(found.marker_id)},
        "grant": grant,
        "refuse": refuse,
        "may_grant": found.status in (RecheckStatus.ASKED, RecheckStatus.GRANTED),
        "may_refuse": found.status == RecheckStatus.ASKED,
        "changes": changes_of(found),
    }
    status = 422 if grant.errors or refuse.errors else 200
    return render(request, "assessments/rechecks/decide.html", context, status=status)


def _decide(
    request: HttpRequest, found: Recheck, person: Person, *, grant: GrantForm | None, refuse: ReplyForm
) -> None:
    now = timezone.now()
    if grant:
        grant_recheck(recheck=found, marker=grant.chosen, by=person, now=now)
        messages.success(request, _("Handed over. The marker and the candidate were told."))
    else:
        refuse_recheck(recheck=found, reply=refuse.cleaned_data["reply"], by=person, now=now)
        messages.success(request, _("Not granted. The person was told."))


def _marker_page(request: HttpRequest, found: Recheck, person: Person) -> HttpResponse:
    is_open = found.status == RecheckStatus.GRANTED
    posted = request.POST if request.method == "POST" and is_open else None
    paper = paper_to_check(found)
    answers, reply = answer_forms(paper.judged, posted), ReplyForm(posted)
    invalid = any(each.errors for each in (*answers, reply))
    if posted is not None and not invalid:
        judged = {each.judged.slot: each.new_marks for each in answers}
        said = reply.cleaned_data["reply"]
        try:
            done = settle_recheck(recheck=found, judged=judged, reply=said, by=person, now=timezone.now())
        except Refusal as refusal:
            add_refusal(reply, refusal)
            invalid = True
        else:
            changed = done.outcome_id != done.result_id
            messages.success(
                request,
                _("Settled: the result has changed, and the candidate was told.")
                if changed
                else _("Settled: the result stays as it is, and the candidate was told."),
            )
            return redirect("assessments:rechecks")
    context = {
        "recheck": found,
        "chip": CHIPS[RecheckStatus(found.status)],
        "candidate": candidate_name(found.attempt),
        "paper": paper,
        "answers": answers,
        "reply": reply,
        "is_open": is_open,
        "changes": changes_of(found),
        "invalid": invalid,
    }
    return render(request, "assessments/rechecks/paper.html", context, status=422 if invalid else 200)


def _name(person_id: UUID | None) -> str:
    return names_of({person_id}).get(person_id, "") if person_id else ""
