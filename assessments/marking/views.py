"""The markers' queue and the page on which one answer is marked."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assessments import queries
from assessments.forms import MarkForm
from assessments.items.forms import Box
from assessments.marking.given import own_marks
from assessments.marking.recording import candidate_name, record_mark
from assessments.models import Answer
from assessments.presenting import files_address, present_item
from assessments.results.scoring import standing_marks
from core.errors import Refusal
from people.accounts import current_person
from people.models import Role
from people.roles import has_role

WHOLE = Box("whole", "", "", "")  # the one part of an answer that is not written: of files


@require_GET
@login_required
def queue(request: HttpRequest) -> HttpResponse:
    person = current_person(request)
    if not has_role(person, Role.EXAMINER, on=timezone.localdate()):
        raise PermissionDenied
    return render(
        request, "assessments/marking.html", {"tasks": queries.marking_tasks(person, at=timezone.now())}
    )


@require_http_methods(["GET", "POST"])
@login_required
def mark(request: HttpRequest, attempt_id: UUID, slot: int) -> HttpResponse:
    """An answer that is not in this marker's queue looks as if it did not exist."""
    person, now = current_person(request), timezone.now()
    waiting = queries.answers_to_mark(person, at=now)
    answer = get_object_or_404(waiting, attempt=attempt_id, slot=slot)
    marked = standing_marks(answer.attempt)
    others = {each.pk for each in waiting.filter(attempt=attempt_id)} - {answer.pk}
    is_last, previous = others <= set(marked), own_marks(answer.attempt, person.pk).get(answer.pk)
    key = answer.item.question_version.answer
    form = MarkForm(request.POST if request.method == "POST" else None, key=key, previous=previous)
    if request.method == "POST" and form.is_valid():
        try:
            record_mark(
                attempt=answer.attempt,
                slot=slot,
                marks=form.marks,
                penalty=form.cleaned_data["penalty"],
                comment=form.cleaned_data["comment"],
                by=person,
                now=now,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            if is_last:
                messages.success(request, _("Saved. The paper is marked and its result has gone out."))
            else:
                messages.success(
                    request, _("Saved. When the last answer of a paper is marked, its result goes out.")
                )
            return redirect("assessments:marking")
    context = {**_context(answer, form), "is_last": is_last}
    return render(request, "assessments/mark.html", context)


def _context(answer: Answer, form: MarkForm) -> dict[str, object]:
    version = answer.item.question_version
    files_at = files_address(answer.attempt_id, answer.slot)
    item = present_item(
        version, order=answer.order, response=answer.response, disabled=True, files_at=files_at
    )
    return {
        "answer": answer,
        "candidate": candidate_name(answer.attempt),
        "form": form,
        "item": item,
        "parts": [(box, form.criteria_of(box.id)) for box in item.form.boxes or (WHOLE,)],
        "sample": version.answer.get("sample", ""),
        "explanation": version.explanation,
    }
