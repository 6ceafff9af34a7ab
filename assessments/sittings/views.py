"""The sitting itself: one question as a page, the whole paper as data, the plain form's save, handing in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments import attempts
from assessments.attempts import NoSuchAnswer
from assessments.exams.settings import ExamSettings
from assessments.items import ResponseInvalid
from assessments.models import Attempt, AttemptStatus
from assessments.presenting import FILES, posted_response
from assessments.sittings import fencing, uploads
from assessments.sittings.autosave import in_one_line, json_refusal, json_reply, number_from
from assessments.sittings.checked import check_answer
from assessments.sittings.pages import UnknownSlot, read_overlong, read_overview, read_paper, read_sitting
from assessments.sittings.saving import AnswerChecked, AnswerSuperseded, Held, save_answer
from assessments.sittings.tokens import attempt_token, window_of_token
from core.errors import Refusal
from people.accounts import current_person
from people.models import Person

FINISH, CHECK = "finish", "check"


@require_GET
@login_required
def sit(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    attempt = settled_attempt(request, attempt_id)
    if attempt.status != AttemptStatus.OPEN:
        return redirect("assessments:result", attempt_id=attempt.pk)
    return _sitting_page(request, attempt, request.GET.get("q"))


@require_GET
@login_required
def paper(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """The whole paper, so that the page goes from question to question without a network.

    200 {questions: [{slot, html, flagged, answered, checked}]}; 409 {error, message} when it was handed in.
    """
    attempt = settled_attempt(request, attempt_id)
    if attempt.status != AttemptStatus.OPEN:
        return json_refusal(409, "closed", _("This exam has been handed in."))
    settings = ExamSettings.of(attempt.exam_version.document)
    template = get_template("assessments/sit_question.html")
    questions = [
        {
            "slot": question.slot,
            "html": template.render({"question": question, "settings": settings}),
            "flagged": question.flagged,
            "answered": question.answered,
            "checked": question.checked,
        }
        for question in read_paper(attempt)
    ]
    return json_reply(200, {"questions": questions})


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
    window = window_of_token(request.POST.get("token", ""), attempt_id=attempt_id)
    if window is None:
        return _save_signed_in(request, attempt_id)
    return _save(request, attempt_id, window.person, window.fence)


@csrf_protect
@login_required
def _save_signed_in(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    return _save(request, attempt_id, current_person(request), None)


def _save(request: HttpRequest, attempt_id: UUID, person: Person, fence: int | None) -> HttpResponse:
    slot, sequence = number_from(request.POST.get("slot")), number_from(request.POST.get("sequence"))
    raw = posted_response(request.POST)
    place: dict[str, Any] = {"attempt_id": attempt_id, "person": person, "slot": slot, "fence": fence}
    try:
        flagged = "flag" in request.POST
        saved = save_answer(**place, raw=raw, sequence=sequence, now=timezone.now(), flagged=flagged)
        if not isinstance(saved, Held):
            _save_files(request, sequence, place)
    except NoSuchAnswer as refusal:
        raise Http404 from refusal
    except AnswerSuperseded as refusal:
        messages.warning(request, str(refusal))
        return _to_slot(attempt_id, slot)
    except AnswerChecked as refusal:
        if raw:  # its fields are shut, so the plain form brings nothing, and goes on
            messages.warning(request, str(refusal))
        return _go_on(request, attempt_id, slot)
    except (ResponseInvalid, Refusal) as error:
        return _refused(request, attempt_id, slot, raw, error)
    if isinstance(saved, Held):
        messages.warning(request, saved.message)
        return _to_slot(attempt_id, slot)
    if request.POST.get("go") == CHECK:
        return _check(request, attempt_id, person, slot)
    return _go_on(request, attempt_id, slot)


def _check(request: HttpRequest, attempt_id: UUID, person: Person, slot: int) -> HttpResponse:
    """What was saved just now settles, and the question comes back with its mark."""
    try:
        check_answer(attempt_id=attempt_id, person=person, slot=slot, now=timezone.now())
    except NoSuchAnswer as refusal:
        raise Http404 from refusal
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return _to_slot(attempt_id, slot)


def _go_on(request: HttpRequest, attempt_id: UUID, slot: int) -> HttpResponse:
    """To where the button that was pressed leads; without one, to the same question."""
    go = request.POST.get("go", "")
    if go == FINISH:
        return redirect("assessments:submit", attempt_id=attempt_id)
    return _to_slot(attempt_id, slot if go in ("", CHECK) else number_from(go))


def _refused(
    request: HttpRequest, attempt_id: UUID, slot: int, raw: Any, error: ResponseInvalid | Refusal
) -> HttpResponse:
    """The question again, saying what is wrong: with an answer that is none as it was given; where only a file is
    refused, the rest of the answer is saved."""
    if not request.user.is_authenticated:
        return _to_slot(attempt_id, slot)
    attempt = settled_attempt(request, attempt_id)
    if isinstance(error, ResponseInvalid):
        return _sitting_page(request, attempt, str(slot), raw=raw, problem=in_one_line(error))
    return _sitting_page(request, attempt, str(slot), problem=str(error))


def _save_files(request: HttpRequest, sequence: int, place: dict[str, Any]) -> None:
    """What the plain form brings or takes back besides the answer: each is a save of its own, numbered after it."""
    now = timezone.now()
    if sha256 := request.POST.get("take_back"):
        uploads.take_back_file(sha256=sha256, sequence=sequence + 1, now=now, **place)
    for number, file in enumerate(request.FILES.getlist(FILES), start=2):
        uploads.hand_in_file(file=file, sequence=sequence + number, now=now, **place)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def submit(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    attempt = settled_attempt(request, attempt_id)
    if (
        "over" in request.POST
        and timezone.now() < attempt.deadline_at
        and attempt.status == AttemptStatus.OPEN
    ):
        return redirect(
            "assessments:sit", attempt_id=attempt.pk
        )  # time was added while its clock handed it in
    if request.method == "POST":
        attempts.submit_attempt(attempt_id=attempt.pk, by=current_person(request), now=timezone.now())
    if request.method == "POST" or attempt.status != AttemptStatus.OPEN:
        return redirect("assessments:result", attempt_id=attempt.pk)
    overview = read_overview(attempt, now=timezone.now())
    context = {"attempt": attempt, "overview": overview, "overlong": read_overlong(attempt, overview)}
    return render(request, "assessments/submit.html", context)


def settled_attempt(request: HttpRequest, attempt_id: UUID) -> Attempt:
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
    now = timezone.now()
    opened_from = fencing.login_hash(request.session.session_key or "")
    try:
        with transaction.atomic():  # a question that is not there opens no window
            attempt = fencing.open_paper(attempt=attempt, opened_from=opened_from, now=now)
            sitting = read_sitting(attempt, slot, raw=raw, now=now)
    except UnknownSlot as error:
        raise Http404 from error
    context = {
        "attempt": attempt,
        "sitting": sitting,
        "question": sitting,
        "settings": ExamSettings.of(attempt.exam_version.document),
        "token": attempt_token(attempt),
        "problem": problem,
    }
    return render(request, "assessments/sit.html", context, status=422 if problem else 200)


def _to_slot(attempt_id: UUID, slot: int) -> HttpResponseRedirect:
    return redirect(f"{reverse('assessments:sit', args=[attempt_id])}?q={slot}")
