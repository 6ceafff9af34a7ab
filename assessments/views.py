"""Exams as candidates meet them: the list, the start page, the sitting, handing in, the result."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments import attempts, queries, uploads
from assessments.attempts import AttemptClosed, NoSuchAnswer
from assessments.autosave import in_one_line, number_from
from assessments.exams import newest_release
from assessments.items import ResponseInvalid, item_type
from assessments.models import Attempt, AttemptStatus, QuestionVersion
from assessments.permissions import READERS
from assessments.presenting import FILES, posted_response, present_item
from assessments.reports import read_report
from assessments.saving import AnswerSuperseded, save_answer
from assessments.sitting import UnknownSlot, read_overview, read_sitting
from assessments.tokens import person_of_token
from assessments.transfer.prior_sittings import prior_sittings_of
from core.errors import Refusal
from people.accounts import current_person
from people.models import Person, Role
from people.roles import has_role

FINISH = "finish"


@require_GET
@login_required
def exams(request: HttpRequest) -> HttpResponse:
    person = current_person(request)
    marks = has_role(person, Role.EXAMINER, on=timezone.localdate())
    found = queries.exam_list(person)
    context = {"cards": found.cards, "elsewhere": found.elsewhere, "marks": marks}
    return render(request, "assessments/exams.html", context)


@require_GET
@login_required
def exam(request: HttpRequest, key: str) -> HttpResponse:
    version = newest_release(key)
    if version is None:
        raise Http404
    person = current_person(request)
    sittings = [each for each in queries.attempts_of([person]).get(person.pk, ()) if each.exam_key == key]
    current = next((each for each in sittings if each.status == AttemptStatus.OPEN), None)
    context = {
        "version": version,
        "item_count": queries.asked_in(version),
        "sittings": sittings,
        "current": current,
        "waiting": any(each.status == AttemptStatus.MARKING for each in sittings),
        "prior_sittings": prior_sittings_of(person, exam_key=key),
    }
    return render(request, "assessments/exam.html", context)


@require_POST
@login_required
def start(request: HttpRequest, key: str) -> HttpResponse:
    try:
        attempt = attempts.start_attempt(person=current_person(request), exam_key=key, now=timezone.now())
    except Refusal as refusal:
        if refusal.code == "not_released":
            raise Http404 from refusal
        messages.warning(request, str(refusal))
        return redirect("assessments:exam", key=key)
    return redirect("assessments:sit", attempt_id=attempt.pk)


@require_GET
@login_required
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """A question of the bank as a candidate meets it, for those who may look into the bank. Nothing is kept."""
    if not has_role(current_person(request), *READERS, on=timezone.localdate()):
        raise Http404
    version = QuestionVersion.objects.newest().without_key().filter(question__key=key).first()
    if version is None:
        raise Http404
    order = item_type(version.type).option_order(version.body, key)
    return render(
        request, "assessments/preview.html", {"key": key, "item": present_item(version, order=order)}
    )


@require_GET
@login_required
def sit(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    attempt = _settled_attempt(request, attempt_id)
    if attempt.status != AttemptStatus.OPEN:
        return redirect("assessments:result", attempt_id=attempt.pk)
    return _sitting_page(request, attempt, request.GET.get("q"))


@csrf_exempt  # the token of the page, where there is one, is worth more than a cookie
@require_POST
def save(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """The form of the sitting page; its autosave is `autosave`.

    The page's own token carries the answer in when the session has ended meanwhile: nothing is lost, and the login
    that follows leads back to the question.
    """
    if uploads.is_too_long(request):
        messages.warning(request, uploads.too_long())
        return redirect("assessments:sit", attempt_id=attempt_id)
    person = person_of_token(request.POST.get("token", ""), attempt_id=attempt_id)
    return _save(request, attempt_id, person) if person else _save_signed_in(request, attempt_id)


@csrf_protect
@login_required
def _save_signed_in(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    return _save(request, attempt_id, current_person(request))


def _save(request: HttpRequest, attempt_id: UUID, person: Person) -> HttpResponse:
    slot, sequence = number_from(request.POST.get("slot")), number_from(request.POST.get("sequence"))
    raw = posted_response(request.POST)
    try:
        save_answer(
            attempt_id=attempt_id,
            person=person,
            slot=slot,
            raw=raw,
            sequence=sequence,
            now=timezone.now(),
            flagged="flag" in request.POST,
        )
        _save_files(request, attempt_id, person, slot, sequence)
    except NoSuchAnswer as refusal:
        raise Http404 from refusal
    except AttemptClosed as refusal:
        messages.warning(request, str(refusal))
        return redirect("assessments:result", attempt_id=attempt_id)
    except AnswerSuperseded as refusal:
        messages.warning(request, str(refusal))
        return _to_slot(attempt_id, slot)
    except (ResponseInvalid, Refusal) as error:
        return _refused(request, attempt_id, slot, raw, error)
    go = request.POST.get("go", "")
    if go == FINISH:
        return redirect("assessments:submit", attempt_id=attempt_id)
    return _to_slot(attempt_id, number_from(go) if go else slot)


def _refused(
    request: HttpRequest, attempt_id: UUID, slot: int, raw: Any, error: ResponseInvalid | Refusal
) -> HttpResponse:
    """The question again, saying what is wrong: with an answer that is none as it was given; where only a file is
    refused, the rest of the answer is saved."""
    if not request.user.is_authenticated:
        return _to_slot(attempt_id, slot)
    attempt = _settled_attempt(request, attempt_id)
    if isinstance(error, ResponseInvalid):
        return _sitting_page(request, attempt, str(slot), raw=raw, problem=in_one_line(error))
    return _sitting_page(request, attempt, str(slot), problem=str(error))


def _save_files(request: HttpRequest, attempt_id: UUID, person: Person, slot: int, sequence: int) -> None:
    """What the plain form brings or takes back besides the answer: each is a save of its own, numbered after it."""
    place: dict[str, Any] = {"attempt_id": attempt_id, "person": person, "slot": slot, "now": timezone.now()}
    if sha256 := request.POST.get("take_back"):
        uploads.take_back_file(sha256=sha256, sequence=sequence + 1, **place)
    for number, file in enumerate(request.FILES.getlist(FILES), start=2):
        uploads.hand_in_file(file=file, sequence=sequence + number, **place)


@require_http_methods(["GET", "POST"])
@login_required
def submit(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    attempt = _settled_attempt(request, attempt_id)
    if request.method == "POST":
        attempts.submit_attempt(attempt_id=attempt.pk, by=current_person(request), now=timezone.now())
    if request.method == "POST" or attempt.status != AttemptStatus.OPEN:
        return redirect("assessments:result", attempt_id=attempt.pk)
    context = {"attempt": attempt, "overview": read_overview(attempt, now=timezone.now())}
    return render(request, "assessments/submit.html", context)


@require_GET
@login_required
def result(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    attempt = _settled_attempt(request, attempt_id)
    if attempt.status == AttemptStatus.OPEN:
        return redirect("assessments:sit", attempt_id=attempt.pk)
    return render(request, "assessments/result.html", {"attempt": attempt, "report": read_report(attempt)})


def _settled_attempt(request: HttpRequest, attempt_id: UUID) -> Attempt:
    """The person's own attempt, handed in first if its time is over; a stranger's looks as if it did not exist."""
    own = Attempt.objects.filter(person=current_person(request)).select_related("exam_version")
    attempt = get_object_or_404(own, pk=attempt_id)
    now = timezone.now()
    if attempt.status == AttemptStatus.OPEN and attempts.is_over(attempt, now=now):
        return attempts.submit_attempt(attempt_id=attempt.pk, by=None, now=now)
    return attempt


def _sitting_page(
    request: HttpRequest, attempt: Attempt, slot: str | None, *, raw: Any = None, problem: str = ""
) -> HttpResponse:
    try:
        sitting = read_sitting(attempt, slot, raw=raw, now=timezone.now())
    except UnknownSlot as error:
        raise Http404 from error
    context = {"attempt": attempt, "sitting": sitting, "problem": problem}
    return render(request, "assessments/sit.html", context, status=422 if problem else 200)


def _to_slot(attempt_id: UUID, slot: int) -> HttpResponseRedirect:
    return redirect(f"{reverse('assessments:sit', args=[attempt_id])}?q={slot}")
