"""Celery entry points: each fetches by id and makes one call; any of them may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from assessments import attempts, decisions
from assessments.analyses import advancing as analyses
from assessments.analyses import asking
from assessments.bank import reviews
from assessments.marking import completing, reminding
from assessments.marksheets import advancing as marksheets
from assessments.models import Analysis, BankImport, MarkSheet, Regrade, SchemePreview
from assessments.regrading import advancing as regrading
from assessments.schemes import counting, reviewing
from assessments.transfer import advancing
from people.models import Person

TOGETHER = 200  # people decided about in one transaction


@shared_task(name="assessments.submit_overdue_attempts")
def submit_overdue_attempts() -> int:
    """Hand in what candidates left open past the deadline."""
    return attempts.submit_overdue(now=timezone.now())


@shared_task(name="assessments.reconsider")
def reconsider(person_id: str) -> int:
    """Decide every scheme for a person whose evidence changed."""
    return len(decisions.reconsider(person=Person.objects.get(pk=person_id), now=timezone.now()))


@shared_task(name="assessments.reconsider_due")
def reconsider_due() -> int:
    """Find whom a lost message missed, and everyone when a scheme was released."""
    due = decisions.people_to_reconsider()
    for first in range(0, len(due), TOGETHER):
        decisions.reconsider_people(people=due[first : first + TOGETHER], now=timezone.now())
    return len(due)


@shared_task(name="assessments.advance_import")
def advance_import(import_id: str) -> bool:
    """Read a file, or take what was chosen of it; returns whether it is still there."""
    staged = BankImport.objects.filter(pk=import_id).first()
    if staged:
        advancing.advance(staged=staged)
    return staged is not None


@shared_task(name="assessments.resume_imports")
def resume_imports() -> int:
    """Take up what a killed worker or a lost message left behind; returns how many imports stood still."""
    due = advancing.due_imports(now=timezone.now())
    for import_id in due:
        advance_import.delay(str(import_id))
    return len(due)


@shared_task(name="assessments.remind_authors")
def remind_authors() -> int:
    """Tell authors, once a month, which of their questions are due for review."""
    return reviews.remind_authors(now=timezone.now())


@shared_task(name="assessments.advance_preview")
def advance_preview(preview_id: str) -> bool:
    """Count who would gain and lose by a scheme draft; returns whether the preview is still there."""
    preview = SchemePreview.objects.filter(pk=preview_id).select_related("against").first()
    if preview:
        counting.advance_preview(preview=preview)
    return preview is not None


@shared_task(name="assessments.resume_previews")
def resume_previews() -> int:
    """Take up what a killed worker or a lost message left behind; returns how many previews stood still."""
    due = counting.due_previews(now=timezone.now())
    for preview_id in due:
        advance_preview.delay(str(preview_id))
    return len(due)


@shared_task(name="assessments.review_decisions")
def review_decisions() -> int:
    """Decide everything again, once a night; returns how many decisions came out differently."""
    return len(reviewing.review_decisions().differences)


@shared_task(name="assessments.advance_analysis")
def advance_analysis(analysis_id: str) -> bool:
    """Collect the papers of an exam and compute its statistics; returns whether the analysis is still there."""
    analysis = Analysis.objects.filter(pk=analysis_id).first()
    if analysis:
        analyses.advance_analysis(analysis=analysis)
    return analysis is not None


@shared_task(name="assessments.resume_analyses")
def resume_analyses() -> int:
    """Take up what a killed worker or a lost message left behind; returns how many analyses stood still."""
    due = analyses.due_analyses(now=timezone.now())
    for analysis_id in due:
        advance_analysis.delay(str(analysis_id))
    return len(due)


@shared_task(name="assessments.analyse_closed")
def analyse_closed() -> int:
    """Have every exam analysed that is over; returns how many were not yet, or were regraded since."""
    return asking.analyse_closed(now=timezone.now())


@shared_task(name="assessments.complete_marked")
def complete_marked() -> int:
    """Send out results whose marks can no longer be taken back; returns how many."""
    return completing.complete_marked(now=timezone.now())


@shared_task(name="assessments.remind_markers")
def remind_markers() -> int:
    """Tell markers whose answers are due within a day; returns how many were told."""
    now = timezone.now()
    reminding.clear_lapsed(now=now)
    return reminding.remind_markers(now=now)


@shared_task(name="assessments.advance_regrade")
def advance_regrade(regrade_id: str) -> bool:
    """Try a regrade or carry it out; returns whether it is still there."""
    regrade = Regrade.objects.filter(pk=regrade_id).first()
    if regrade:
        regrading.advance_regrade(regrade=regrade)
    return regrade is not None


@shared_task(name="assessments.resume_regrades")
def resume_regrades() -> int:
    """Take up what a killed worker or a lost message left behind; returns how many regrades stood still."""
    due = regrading.due_regrades(now=timezone.now())
    for regrade_id in due:
        advance_regrade.delay(str(regrade_id))
    return len(due)


@shared_task(name="assessments.advance_mark_sheet")
def advance_mark_sheet(sheet_id: str) -> bool:
    """Read a file of marks, or take what can be taken of it; returns whether it is still there."""
    sheet = MarkSheet.objects.filter(pk=sheet_id).first()
    if sheet:
        marksheets.advance(sheet=sheet)
    return sheet is not None


@shared_task(name="assessments.resume_mark_sheets")
def resume_mark_sheets() -> int:
    """Take up what a killed worker or a lost message left behind; returns how many files stood still."""
    due = marksheets.due_sheets(now=timezone.now())
    for sheet_id in due:
        advance_mark_sheet.delay(str(sheet_id))
    return len(due)
