"""The page of one script: marks by its rubric, phrases, undo, and on to the next one in hand.

Every button of the form posts all that was typed, so that nothing typed is lost, with JavaScript or without.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.forms import PREFIX, MarkForm
from assessments.marking.alike import like_this
from assessments.marking.desk import lay_out, script_url
from assessments.marking.given import rules_of
from assessments.marking.lasts import last_marked
from assessments.marking.leasing import return_scripts
from assessments.marking.phrases import delete_phrase, phrases_for, store_phrase
from assessments.marking.plans import terms_for
from assessments.marking.queueing import attempts_within_reach, scripts_in_hand
from assessments.marking.recording import candidate_name, record_mark
from assessments.marking.rounds import waiting_answers, written_answers
from assessments.marking.scripts import Script, read_script
from assessments.marking.settling import Round
from assessments.marking.undoing import undo_mark
from assessments.models import Answer, Attempt, AttemptStatus, Mark, MarkingPhrase
from core.errors import Refusal
from people.accounts import current_person
from people.models import Person

Action = Callable[[HttpRequest, Person, Answer], HttpResponse]


@require_http_methods(["GET", "POST"])
@login_required
def mark(request: HttpRequest, attempt_id: UUID, slot: int) -> HttpResponse:
    """A script of somebody whom this person never marks looks as if it did not exist; one that is out of hand says why
    and keeps what was typed."""
    person = current_person(request)
    answer = _answer(person, attempt_id, slot)
    if request.method == "POST":
        act = next((act for name, act in ACTIONS.items() if name in request.POST), _save)
        return act(request, person, answer)
    script = read_script(person, answer, at=timezone.now())
    return _page(
        request, person, script, MarkForm(key=_key(answer), previous=script.mine or script.taken_back)
    )


def _save(request: HttpRequest, person: Person, answer: Answer) -> HttpResponse:
    """Record the marks and go on; what is refused stays on the page with the reason."""
    script = read_script(person, answer, at=timezone.now())
    form = MarkForm(request.POST, key=_key(answer), previous=script.mine)
    if form.is_valid():
        onward = _onward(person, answer)
        try:
            record_mark(
                attempt=answer.attempt,
                slot=answer.slot,
                marks=form.marks,
                penalty=form.cleaned_data["penalty"],
                comment=form.cleaned_data["comment"],
                by=person,
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            script = read_script(person, answer, at=timezone.now())
        else:
            if Attempt.objects.filter(pk=answer.attempt_id, status=AttemptStatus.COMPLETE).exists():
                messages.success(request, _("Saved. The paper is marked and its result has gone out."))
            return redirect(onward)
    return _page(request, person, script, form, typed=True)


def _undo(request: HttpRequest, person: Person, answer: Answer) -> HttpResponse:
    """Take a mark back, and show its script again."""
    named = request.POST["undo"]
    own = Mark.objects.filter(marked_by=person, answer=answer)
    given = get_object_or_404(own, pk=int(named) if named.isdecimal() else 0)
    try:
        undo_mark(mark=given, by=person, now=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Taken back."))
    return redirect(request.path)


def _skip(request: HttpRequest, person: Person, answer: Answer) -> HttpResponse:
    """Go on and keep this one in hand."""
    return redirect(_onward(person, answer))


def _give_back(request: HttpRequest, person: Person, answer: Answer) -> HttpResponse:
    """Back to the queue with it, on to the next."""
    onward = _onward(person, answer)
    if return_scripts(marker=person, answers=[answer]):
        messages.success(request, _("Given back to the queue."))
    return redirect(onward)


def _insert(request: HttpRequest, person: Person, answer: Answer) -> HttpResponse:
    """A phrase at the end of the comment: what the script does at once."""
    question = answer.item.question_version.question
    chosen = [each for each in phrases_for(person, question) if str(each.pk) == request.POST["insert"]]
    comment = "\n".join([request.POST.get("comment", "").rstrip(), *(each.text for each in chosen)]).strip()
    return _again(request, person, answer, comment)


def _keep(request: HttpRequest, person: Person, answer: Answer) -> HttpResponse:
    """Keep the comment as a phrase."""
    comment = request.POST.get("comment", "")
    question = None if request.POST["keep"] == "all" else answer.item.question_version.question
    try:
        store_phrase(text=comment, by=person, now=timezone.now(), question=question)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Kept as a phrase."))
    return _again(request, person, answer, comment)


def _forget(request: HttpRequest, person: Person, answer: Answer) -> HttpResponse:
    """Throw a phrase away."""
    named = request.POST["forget"]
    delete_phrase(phrase_id=int(named) if named.isdecimal() else 0, by=person)
    return _again(request, person, answer, request.POST.get("comment", ""))


ACTIONS: dict[str, Action] = {
    "undo": _undo,
    "skip": _skip,
    "give_back": _give_back,
    "insert": _insert,
    "keep": _keep,
    "forget": _forget,
}


def _again(request: HttpRequest, person: Person, answer: Answer, comment: str) -> HttpResponse:
    """The page with what was typed, not judged yet."""
    typed = {name: said for name, said in request.POST.items() if name.startswith(PREFIX)}
    typed |= {"penalty": request.POST.get("penalty", "0"), "comment": comment}
    script = read_script(person, answer, at=timezone.now())
    form = MarkForm(key=_key(answer), previous=script.mine, typed=typed)
    return _page(request, person, script, form)


def _page(
    request: HttpRequest, person: Person, script: Script, form: MarkForm, *, typed: bool = False
) -> HttpResponse:
    answer, now = script.answer, timezone.now()
    hand = scripts_in_hand(person, at=now).filter(answer__item=answer.item_id).select_related("answer")
    within = attempts_within_reach(person, at=now)
    phrases: list[MarkingPhrase] = phrases_for(person, answer.item.question_version.question)
    context = {
        "desk": lay_out(script, form, list(hand)),
        "candidate": candidate_name(answer.attempt),
        "last": last_marked(person, answer.item, at=now),
        "alike": len(like_this(answer, within=within)) if not script.closed else 0,
        "form": form,
        "phrases": phrases,
        "typed": typed,
        "sends": _sends_result(script),
    }
    return render(request, "assessments/marking/mark.html", context, status=422 if typed else 200)


def _sends_result(script: Script) -> bool:
    """Whether saving completes the paper at once: nothing else of it waits, and no time to undo keeps it."""
    attempt = script.answer.attempt
    if script.closed or terms_for(attempt.exam_key).undo_minutes:
        return False
    others = waiting_answers(Attempt.objects.filter(pk=attempt.pk)).exclude(pk=script.answer.pk)
    is_last_round = script.round != Round.FIRST or not rules_of(attempt).double
    return is_last_round and not others.exists()


def _answer(person: Person, attempt_id: UUID, slot: int) -> Answer:
    reach = written_answers().filter(attempt__in=attempts_within_reach(person, at=timezone.now()))
    named = reach.filter(attempt=attempt_id, slot=slot).select_related(
        "attempt__exam_version", "attempt__person__account", "item__question_version__question"
    )
    return get_object_or_404(named)


def _onward(person: Person, answer: Answer) -> str:
    """The next script in hand of the same question, else the page of the question."""
    hand = scripts_in_hand(person, at=timezone.now()).filter(answer__item=answer.item_id)
    leases = list(hand.select_related("answer"))
    ids = [lease.answer_id for lease in leases]
    place = ids.index(answer.pk) + 1 if answer.pk in ids else 0
    others = [lease for lease in leases[place:] + leases[:place] if lease.answer_id != answer.pk]
    return script_url(others[0]) if others else question_url(answer)


def question_url(answer: Answer) -> str:
    """The page of the question that an answer answers."""
    return reverse("assessments:marking_question", args=[answer.item_id])


def _key(answer: Answer) -> dict[str, object]:
    return answer.item.question_version.answer
