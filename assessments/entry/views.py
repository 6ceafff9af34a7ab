"""Before a sitting: the page of an exam, arrangements, exemptions, the rehearsal; and what administrators decide."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from assessments.attempts import start_attempt
from assessments.entry import accommodations, exemptions, news
from assessments.entry.facts import facts_of
from assessments.entry.forms import ArrangementForm, ExemptionForm, GrantForm, WordForm, add_refusal
from assessments.entry.overview import read_desk
from assessments.entry.rehearsal import ensure_rehearsal, read_paper, rehearsal_lines
from assessments.entry.requests import CHIPS, requests_for, titles_of
from assessments.exams.releasing import newest_release
from assessments.models import (
    REHEARSAL,
    Accommodation,
    Attempt,
    AttemptStatus,
    ExamVersion,
    Exemption,
    RequestStatus,
)
from assessments.sittings.uploads import is_too_long, too_long
from core import private_files
from core.errors import Refusal
from people.accounts import current_person, names_of
from people.models import Role
from people.roles import has_role

GRANT, REFUSE, END = "grant", "refuse", "end"


def released_or_404(key: str) -> ExamVersion:
    """The release that is sat now."""
    version = newest_release(key)
    if version is None:
        raise Http404
    return version


def exam_page(
    request: HttpRequest, version: ExamVersion, *, form: ArrangementForm | None = None
) -> HttpResponse:
    """The page of an exam for whoever asks; with a form that was refused, 422."""
    desk = read_desk(current_person(request), version, now=timezone.now())
    context = {"desk": desk, "version": version, "facts": facts_of(desk), "form": form or ArrangementForm()}
    return render(request, "assessments/exam.html", context, status=422 if form else 200)


@require_http_methods(["GET", "POST"])
@login_required
def arrangement(request: HttpRequest, key: str) -> HttpResponse:
    """Ask for one, with the small form of the exam's page."""
    version = released_or_404(key)
    if request.method == "GET":
        return redirect("assessments:exam", key=key)
    form = ArrangementForm(request.POST)
    if form.is_valid():
        factor, attempts = form.wish
        try:
            accommodations.request_accommodation(
                person=current_person(request),
                exam_key=key,
                time_factor=factor,
                extra_attempts=attempts,
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Your administrator was asked. The answer comes as a notice."))
            return redirect("assessments:exam", key=key)
    return exam_page(request, version, form=form)


@require_http_methods(["GET", "POST"])
@login_required
def accommodation(request: HttpRequest, pk: int) -> HttpResponse:
    """One arrangement: for its person to read and take back, for their administrator to decide."""
    person, now = current_person(request), timezone.now()
    found = Accommodation.objects.filter(pk=pk).first()
    is_own = found is not None and found.person_id == person.pk
    if found is None or not (is_own or accommodations.may_decide(person, found, at=now)):
        raise Http404
    do = request.POST.get("do", "")
    posted = request.POST if request.method == "POST" else None
    form = GrantForm(posted if do == GRANT else None, initial=_wished(found))
    word = WordForm(posted if do == REFUSE else None)
    if posted is not None:
        answer = _decide_accommodation(request, found, form, word, do=do, is_own=is_own)
        if answer:
            return answer
    context = {
        "asked": found,
        "given": news.given(found),
        "form": form,
        "word": word,
        "is_own": is_own,
        "chip": CHIPS[RequestStatus(found.status)],
        **_about(found),
    }
    return render(
        request, "assessments/accommodation.html", context, status=422 if posted is not None else 200
    )


@require_http_methods(["GET", "POST"])
@login_required
def ask_exemption(request: HttpRequest, key: str) -> HttpResponse:
    """Hand in an earlier certificate in place of this exam."""
    version = released_or_404(key)
    if not exemptions.can_be_exempted(version):
        raise Http404
    if is_too_long(request):
        messages.warning(request, too_long())
        return redirect("assessments:ask_exemption", key=key)
    form = ExemptionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_sound(on=timezone.localdate()):
        try:
            exemption = exemptions.request_exemption(
                person=current_person(request),
                exam_key=key,
                certificate=form.certificate,
                file=form.cleaned_data["file"],
                now=timezone.now(),
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Your certificate was handed in. The answer comes as a notice."))
            return redirect("assessments:exemption", pk=exemption.pk)
    context = {"form": form, "version": version}
    return render(request, "assessments/exemption_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
def exemption(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One certificate: for its person to read and take back, for their administrator to decide."""
    person, now = current_person(request), timezone.now()
    found = exemptions.visible_exemption(exemption_id=pk, viewer=person, at=now)
    if found is None:
        raise Http404
    posted = request.POST if request.method == "POST" else None
    is_own, word = found.person_id == person.pk, WordForm(posted)
    if posted is not None:
        answer = _decide_exemption(request, found, word, is_own=is_own)
        if answer:
            return answer
    context = {
        "asked": found,
        "word": word,
        "is_own": is_own,
        "chip": CHIPS[RequestStatus(found.status)],
        **_about(found),
    }
    return render(request, "assessments/exemption.html", context, status=422 if posted is not None else 200)


@require_safe
@login_required
def exemption_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The certificate's file, for its person and for whoever may decide."""
    person = current_person(request)
    found = exemptions.visible_exemption(exemption_id=pk, viewer=person, at=timezone.now())
    if found is None:
        raise Http404
    return private_files.respond(
        found.file_path, allowed=True, filename=found.file_name, content_type="application/octet-stream"
    )


@require_GET
@login_required
def requests(request: HttpRequest) -> HttpResponse:
    """What waits for an administrator, and what was decided lately."""
    person, now = current_person(request), timezone.now()
    if not has_role(person, Role.ADMINISTRATOR, on=timezone.localdate(now)):
        raise PermissionDenied
    return render(request, "assessments/requests.html", {"requests": requests_for(person, at=now)})


@require_http_methods(["GET", "POST"])
@login_required
def rehearsal(request: HttpRequest) -> HttpResponse:
    """试考: what it is, and its beginning."""
    person = current_person(request)
    if request.method == "POST":
        now = timezone.now()
        ensure_rehearsal(now=now)
        try:
            attempt = start_attempt(person=person, exam_key=REHEARSAL, now=now)
        except Refusal as refusal:
            messages.warning(request, str(refusal))
            return redirect("assessments:rehearsal")
        return redirect("assessments:sit", attempt_id=attempt.pk)
    own = Attempt.objects.filter(person=person, exam_key=REHEARSAL, status=AttemptStatus.OPEN)
    return render(request, "assessments/rehearsal.html", {"paper": read_paper(), "current": own.first()})


def rehearsal_result(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """What would have happened in an exam; the caller has checked whose sitting it is."""
    context = {"attempt": attempt, "lines": rehearsal_lines(attempt)}
    return render(request, "assessments/rehearsal_result.html", context)


def _decide_accommodation(
    request: HttpRequest, asked: Accommodation, form: GrantForm, word: WordForm, *, do: str, is_own: bool
) -> HttpResponse | None:
    """Do what was posted and lead on; None where the page has to say what is wrong."""
    by, now = current_person(request), timezone.now()
    try:
        if do == END:
            accommodations.end_accommodation(accommodation=asked, by=by, now=now)
            messages.success(request, _("The arrangement has ended."))
        elif do == GRANT and not is_own and form.is_valid():
            accommodations.grant_accommodation(
                accommodation=asked,
                time_factor=form.time_factor,
                extra_attempts=form.cleaned_data["extra_attempts"],
                until_on=form.cleaned_data["until_on"],
                every_exam=form.cleaned_data["scope"] == "all",
                by=by,
                now=now,
            )
            messages.success(request, _("Granted. The person was told."))
        elif do == REFUSE and not is_own and word.is_valid():
            accommodations.refuse_accommodation(
                accommodation=asked, word=word.cleaned_data["word"], by=by, now=now
            )
            messages.success(request, _("Not granted. The person was told."))
        else:
            return None
    except Refusal as refusal:
        add_refusal(word if do == REFUSE else form, refusal)
        return None
    return redirect("assessments:exams" if is_own else "assessments:requests")


def _decide_exemption(
    request: HttpRequest, asked: Exemption, word: WordForm, *, is_own: bool
) -> HttpResponse | None:
    """Do what was posted and lead on; None where the page has to say what is wrong."""
    by, now, do = current_person(request), timezone.now(), request.POST.get("do", "")
    if not word.is_valid():
        return None
    said = word.cleaned_data["word"]
    try:
        if do == END:
            exemptions.end_exemption(exemption=asked, word="" if is_own else said, by=by, now=now)
            messages.success(request, _("The exemption has ended."))
        elif do == GRANT and not is_own:
            exemptions.grant_exemption(exemption=asked, word=said, by=by, now=now)
            messages.success(request, _("Granted. The person was told."))
        elif do == REFUSE and not is_own:
            exemptions.refuse_exemption(exemption=asked, word=said, by=by, now=now)
            messages.success(request, _("Not granted. The person was told."))
        else:
            return None
    except Refusal as refusal:
        add_refusal(word, refusal)
        return None
    return redirect("assessments:exams" if is_own else "assessments:requests")


def _wished(asked: Accommodation) -> dict[str, object]:
    factor = f"{asked.time_factor.normalize():f}"
    usual = {value for value, _label in GrantForm.base_fields["factor"].choices}  # type: ignore[attr-defined]
    return {"factor": factor if factor in usual else "own", "extra_attempts": asked.extra_attempts}


def _about(asked: Accommodation | Exemption) -> dict[str, str]:
    return {
        "name": names_of({asked.person_id}).get(asked.person_id, ""),
        "exam_title": titles_of({asked.exam_key}).get(asked.exam_key, asked.exam_key),
    }
