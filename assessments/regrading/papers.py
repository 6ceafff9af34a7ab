"""Papers as a regrade would have them: scored on the terms in force with its changes, and stored nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from assessments.models import Attempt, ExamItem, Regrade, Result
from assessments.regrading.terms import Terms, keys_named, terms_of
from assessments.results.scoring import ScoredPaper, result_of, score_papers


@dataclass(frozen=True)
class PaperAfter:
    """One paper scored, and the result that it would be."""

    scored: ScoredPaper
    result: Result


def terms_after(regrade: Regrade) -> Terms:
    """The terms in force as the regrade would change them. Three queries at most."""
    return terms_of(regrade.exam_version).with_changes(regrade.changes, keys_named(regrade.changes))


def papers_after(
    regrade: Regrade, attempts: Sequence[Attempt], items: Mapping[int, ExamItem]
) -> dict[UUID, PaperAfter]:
    """What these papers of the release would come to, by attempt id. The number of queries does not grow."""
    for attempt in attempts:
        attempt.exam_version = regrade.exam_version
    scored = score_papers(attempts, terms_after(regrade), items)
    return {
        attempt.pk: PaperAfter(scored[attempt.pk], result_of(attempt, scored[attempt.pk]))
        for attempt in attempts
    }


def items_of(regrade: Regrade) -> dict[int, ExamItem]:
    """The release's questions by id, keys included. One query; they never change."""
    found = ExamItem.objects.filter(exam_version=regrade.exam_version_id).select_related("question_version")
    return {item.pk: item for item in found}
