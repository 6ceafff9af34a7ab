"""Pages beside a debrief: the story from another seat, notes in the margin, homework."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Refusal
from people.accounts import current_person, names_of
from people.models import Person
from people.scope import can_see
from simulations import queries
from simulations.models import HomeworkStatus, ListHomework, MarginNote, Playthrough
from simulations.reviewing import homework as pieces
from simulations.reviewing.forms import AdviceForm, HomeworkForm, NoteForm
from simulations.reviewing.margins import CHIPS, places_of
from simulations.reviewing.notes import can_annotate, change_note, write_note
from simulations.reviewing.retelling import told_from
from simulations.scenarios import scenario_of


@login_required
@require_safe
def seat(request: HttpRequest, run_id: UUID, key: str) -> HttpResponse:
    """The run told again from somebody's place in it."""
    viewer = current_person(request)
    run = _readable_or_404(viewer, run_id)
    scenario = scenario_of(run.standing_version)
    story = told_from(scenario, queries.state_of(run), key)
    if story is None:
        raise Http404
    context = {
        "run": run,
        "own": run.person_id == viewer.pk,
        "story": story,
        "others": [each for each in scenario.seats if each.key != key],
        "longest": pieces.TEXT_LENGTH,
    }
    return render(request, "simulations/seat.html", context)


@login_required
@require_POST
def note_new(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Write into the margin. Whoever may not finds nothing here."""
    viewer, now = current_person(request), timezone.now()
    run = _readable_or_404(viewer, run_id)
    if not can_annotate(viewer, run, at=now):
        raise Http404
    form = NoteForm(request.POST, places=_places(run))
    if form.is_valid():
        write_note(run=run, by=viewer, now=now, **form.cleaned_data)
        messages.success(request, _("Written. The person finds it in the debrief."))
        return _to_notes(run)
    return render(request, "simulations/note_form.html", {"run": run, "form": form}, status=422)


@login_required
@require_http_methods(["GET", "POST"])
def note_change(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Change one's own note, while the run is in one's scope."""
    viewer, now = current_person(request), timezone.now()
    notes = MarginNote.objects.select_related(
        "playthrough__version", "playthrough__judged_by", "playthrough__person"
    )
    note = get_object_or_404(notes, pk=note_id, author=viewer)
    run = note.playthrough
    if not can_annotate(viewer, run, at=now):
        raise Http404
    initial = {"step": note.step, "text": note.text}
    form = NoteForm(request.POST or None, initial=initial, places=_places(run))
    form.fields["step"].disabled = True
    if form.is_valid():
        change_note(note=note, text=form.cleaned_data["text"], by=viewer, now=now)
        messages.success(request, _("The note is changed."))
        return _to_notes(run)
    status = 422 if form.is_bound else 200
    return render(request, "simulations/note_form.html", {"run": run, "form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def homework_new(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Write an entry for the four lists out of one's own finished run."""
    viewer = current_person(request)
    run = _readable_or_404(viewer, run_id)
    if run.person_id != viewer.pk:
        raise Http404
    places = _places(run)
    if "answer" in request.POST:  # begun on the page of a seat
        form = HomeworkForm(initial={"text": request.POST["answer"][: pieces.TEXT_LENGTH]}, places=places)
    else:
        step = request.GET.get("step", "0")
        form = HomeworkForm(request.POST or None, initial={"step": step}, places=places)
    if form.is_valid():
        try:
            handed_in = pieces.submit_homework(run=run, words=form.words(), by=viewer, now=timezone.now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Handed in. You are told when somebody has read it."))
            return redirect("simulations:homework", handed_in.pk)
    context = {"run": run, "form": form}
    return render(request, "simulations/homework_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def homework(request: HttpRequest, homework_id: UUID) -> HttpResponse:
    """A piece of homework: its writer reads what was decided, and may change it until it is taken in; a mentor may
    advise."""
    viewer = current_person(request)
    piece = _piece_or_404(viewer, homework_id)
    own = piece.person_id == viewer.pk
    form = _revision(request, piece) if own and piece.status != HomeworkStatus.ACCEPTED else None
    if form is not None and form.is_valid():
        try:
            pieces.revise_homework(homework=piece, words=form.words(), by=viewer, now=timezone.now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Handed in. You are told when somebody has read it."))
            return redirect("simulations:homework", piece.pk)
    return _homework_page(request, piece, viewer, form=form)


@login_required
@require_POST
def homework_take_back(request: HttpRequest, homework_id: UUID) -> HttpResponse:
    """Take back what nobody has decided about: its writer only."""
    viewer = current_person(request)
    piece = _piece_or_404(viewer, homework_id)
    if piece.person_id != viewer.pk:
        raise Http404
    if pieces.take_back_homework(homework=piece, by=viewer, now=timezone.now()):
        messages.success(request, _("Taken back. Nobody reads it any more."))
        return redirect("simulations:debrief", piece.playthrough_id)
    messages.error(request, _("Somebody has decided about it already."))
    return redirect("simulations:homework", piece.pk)


@login_required
@require_POST
def homework_return(request: HttpRequest, homework_id: UUID) -> HttpResponse:
    """Send it back with advice: who accompanies the writer."""
    viewer = current_person(request)
    piece = _piece_or_404(viewer, homework_id)
    if piece.person_id == viewer.pk:
        raise Http404
    form = AdviceForm(request.POST)
    if not form.is_valid():
        return _homework_page(request, piece, viewer, advice=form)
    pieces.return_homework(homework=piece, by=viewer, now=timezone.now(), **form.cleaned_data)
    messages.success(request, _("Sent back with your advice."))
    return redirect("simulations:homework", piece.pk)


def _homework_page(
    request: HttpRequest,
    piece: ListHomework,
    viewer: Person,
    *,
    form: HomeworkForm | None = None,
    advice: AdviceForm | None = None,
) -> HttpResponse:
    own = piece.person_id == viewer.pk
    context = {
        "piece": piece,
        "run": piece.playthrough,
        "own": own,
        "name": "" if own else names_of({piece.person_id}).get(piece.person_id, ""),
        "chip": CHIPS[HomeworkStatus(piece.status)],
        "form": form,
        "advice_form": (advice or AdviceForm())
        if not own and piece.status == HomeworkStatus.SUBMITTED
        else None,
    }
    wrong: list[forms.Form | None] = [form, advice]
    failed = any(each is not None and each.errors for each in wrong)
    return render(request, "simulations/homework.html", context, status=422 if failed else 200)


def _revision(request: HttpRequest, piece: ListHomework) -> HomeworkForm:
    initial = {"kind": piece.kind, "title": piece.title, "text": piece.text, "step": piece.step}
    return HomeworkForm(request.POST or None, initial=initial, places=_places(piece.playthrough))


def _readable_or_404(viewer: Person, run_id: UUID) -> Playthrough:
    """A finished run of one's own or of somebody in scope; anybody else's looks like none at all."""
    runs = Playthrough.objects.select_related("version", "judged_by", "person")
    run = get_object_or_404(runs, pk=run_id)
    own = run.person_id == viewer.pk
    if not run.is_finished or not (own or can_see(viewer, run.person, at=timezone.now())):
        raise Http404
    return run


def _piece_or_404(viewer: Person, homework_id: UUID) -> ListHomework:
    found = ListHomework.objects.select_related(
        "playthrough__version", "playthrough__judged_by", "person", "entry"
    )
    piece = get_object_or_404(found, pk=homework_id)
    if piece.person_id != viewer.pk and not can_see(viewer, piece.person, at=timezone.now()):
        raise Http404
    return piece


def _places(run: Playthrough) -> tuple[tuple[int, str], ...]:
    return places_of(scenario_of(run.standing_version), queries.state_of(run))


def _to_notes(run: Playthrough) -> HttpResponse:
    response = redirect("simulations:debrief", run.pk)
    response["Location"] += "#notes"
    return response
