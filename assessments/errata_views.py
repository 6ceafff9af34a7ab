"""报错 as learners meet it: the form, reached from a result or a lesson, and the list of one's own reports."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assessments.bank.errata import errata_of, open_report, report_erratum
from assessments.bank.media import presented, sizes_for
from assessments.errata_forms import ReportForm, add_refusal
from assessments.models import Answer, AttemptStatus, ErratumKind, QuestionVersion
from core.errors import Refusal
from people.accounts import current_person
from people.models import Person


@dataclass(frozen=True)
class Origin:
    """Where a learner met the question, and goes back to."""

    title: str
    url: str


@require_GET
@login_required
def errata(request: HttpRequest) -> HttpResponse:
    """One's own reports and what became of them."""
    return render(request, "assessments/errata.html", {"errata": errata_of(current_person(request))})


@require_http_methods(["GET", "POST"])
@login_required
def report(request: HttpRequest, attempt_id: UUID, slot: int) -> HttpResponse:
    """About a question of one's own paper that was handed in; any other looks as if it did not exist."""
    answer = _answer_handed_in(current_person(request), attempt_id, slot)
    if answer is None:
        raise Http404
    versions = QuestionVersion.objects.without_key().select_related("question")
    title = answer.attempt.exam_version.title
    url = f"{reverse('assessments:result', args=[attempt_id])}#question-{slot}"
    return report_page(
        request, version=versions.get(pk=answer.item.question_version_id), origin=Origin(title, url)
    )


def report_page(request: HttpRequest, *, version: QuestionVersion, origin: Origin) -> HttpResponse:
    """The form about this version, or what was reported and waits. The caller has checked that the person met it."""
    person, now = current_person(request), timezone.now()
    form = ReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        kind, text = ErratumKind(form.cleaned_data["kind"]), form.cleaned_data["text"]
        try:
            erratum = report_erratum(version=version, reporter=person, kind=kind, text=text, now=now)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            if erratum.reported_at == now:
                messages.success(
                    request, _("Sent to the author of the question. The answer comes as a notice.")
                )
            else:
                messages.info(
                    request, _("You have reported this question already; your first report counts.")
                )
            return redirect(request.path)
    context = {
        "form": form,
        "stem": version.body["stem"],
        "media": presented(version.body, sizes_for([version.body])),
        "origin": origin,
        "earlier": open_report(version=version, reporter=person),
    }
    return render(request, "assessments/erratum_form.html", context, status=422 if form.errors else 200)


def _answer_handed_in(person: Person, attempt_id: UUID, slot: int) -> Answer | None:
    own = Answer.objects.filter(attempt=attempt_id, attempt__person=person, slot=slot)
    handed_in = own.exclude(attempt__status=AttemptStatus.OPEN)
    return (
        handed_in.select_related("item", "attempt__exam_version")
        .defer("attempt__exam_version__document")
        .first()
    )
