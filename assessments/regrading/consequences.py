"""What a regrade would do beyond marks: to the ledger, and through it to decisions. Computed without writing there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from assessments.considering import consider_evidence
from assessments.exams.settings import ExamSettings
from assessments.models import Attempt, AttemptStatus, ExamItem, Regrade, RegradeLine
from assessments.regrading import papers
from assessments.regrading.papers import PaperAfter
from assessments.results.claims import Claim, claim_of, claims_over, read_claims
from assessments.results.crediting import claim_named, is_of_sittings
from assessments.results.grading import Outcome, outcome_of, with_results
from competencies.models import Evidence, EvidenceKind, Subject, SubjectKind
from competencies.queries import StandingEvidence, standing_evidence
from people.models import Person

PORTION = 100
Items = Mapping[int, ExamItem]


@dataclass(frozen=True)
class Flip:
    """A decision of a scheme release that would come out differently for somebody."""

    person_id: UUID
    scheme_version_id: int
    before: bool
    after: bool


def decisions_flipping(regrade: Regrade) -> list[Flip]:
    """What the dry run found, by scheme and person. One query: it is stored with the lines."""
    lines = regrade.lines.filter(decisions__isnull=False).exclude(decisions=[])
    flips = [
        Flip(person_id, each["scheme"], each["before"], each["after"])
        for person_id, decisions in lines.values_list("attempt__person", "decisions")
        for each in decisions or ()
    ]
    return sorted(flips, key=lambda flip: (flip.scheme_version_id, flip.person_id))


def claims_after(lines: Iterable[RegradeLine], *, items: Items | None = None) -> StandingEvidence:
    """What would stand in the ledger for the people of these lines (all of one regrade) if it were carried out: every
    row that stands now, those of this exam replaced where they would say something else.

    The way of grading decides which sittings speak, those of other releases included. Rows not stored have a negative
    pk. Writes nothing; the number of queries does not grow. `items` are those of the release by id, each with its
    question, read here where not given.
    """
    lines = list(lines)
    if not lines:
        return {}
    regrade = lines[0].regrade
    return _claims_after(
        regrade, {line.attempt.person_id for line in lines}, items or papers.items_of(regrade)
    )


def look_at_portion(regrade: Regrade, items: Items, now: datetime) -> bool:
    """Note the decisions that would flip for the next people of a dry run; whether there were any people left.

    Call it in a transaction, under the regrade's lock, when every paper has been looked at.
    """
    due = (
        regrade.lines.filter(decisions__isnull=True).order_by("pk").values_list("attempt__person", flat=True)
    )
    people = set(due[:PORTION])
    if not people:
        return False
    lines = list(regrade.lines.filter(attempt__person__in=people).order_by("pk").select_related("attempt"))
    for line in lines:
        line.decisions = []
    touched = {line.attempt.person_id for line in lines if line.changes or _moves_everybody(regrade)}
    flips = _flips(regrade, touched, items, now) if touched else {}
    for line in lines:
        line.decisions = flips.pop(line.attempt.person_id, [])
    RegradeLine.objects.bulk_update(lines, ["decisions"])
    return True


def _moves_everybody(regrade: Regrade) -> bool:
    """Another percent to pass may decide about an average though no sitting in it comes out differently."""
    return any(change["kind"] == "pass" for change in regrade.changes)


def _flips(
    regrade: Regrade, people: Collection[UUID], items: Items, now: datetime
) -> dict[UUID, list[dict[str, object]]]:
    standing = standing_evidence([Person(pk=person) for person in people])
    after = _claims_after(regrade, people, items, standing=standing)
    return decisions_differing(standing, after, at=now)


def decisions_differing(
    before: StandingEvidence, after: StandingEvidence, *, at: datetime
) -> dict[UUID, list[dict[str, object]]]:
    """By person id the decisions that come out differently over the one and the other, as lines of regrades keep them:
    {scheme: id of a release, before, after}. Two queries."""
    stood, would = consider_evidence(before, at=at), consider_evidence(after, at=at)
    return {
        person: [
            {"scheme": was.version.pk, "before": was.decision.met, "after": will.decision.met}
            for was, will in zip(stood[person], would[person], strict=True)
            if was.decision.met != will.decision.met
        ]
        for person in before
    }


def _claims_after(
    regrade: Regrade, people: Collection[UUID], items: Items, *, standing: StandingEvidence | None = None
) -> StandingEvidence:
    if standing is None:
        standing = standing_evidence([Person(pk=person) for person in people])
    settings = ExamSettings.of(regrade.exam_version.document)
    if settings.practice or settings.rehearsal:
        return standing
    subject = Subject.objects.get(kind=SubjectKind.EXAM, key=regrade.exam_version.key)
    after = _papers_after(regrade, people, items)
    outcomes = _outcomes(regrade, people, after)
    claims = read_claims(each.attempt_id for each in _flat(outcomes) if each.points is not None)
    claims |= {pk: claim for pk, paper in after.items() if (claim := _claim_after(paper, claims.get(pk)))}
    return {
        person: _rows_after(rows, subject, claims_over(outcomes.get(person, ()), claims))
        for person, rows in standing.items()
    }


def _papers_after(regrade: Regrade, people: Collection[UUID], items: Items) -> dict[UUID, PaperAfter]:
    """What their papers of this release would come to, where they would be complete: others change no ledger."""
    lines = regrade.lines.filter(attempt__person__in=people).select_related("attempt")
    attempts = [line.attempt for line in lines if line.attempt.status != AttemptStatus.OPEN]
    found = papers.papers_after(regrade, attempts, items)
    return {pk: paper for pk, paper in found.items() if paper.result.complete}


def _outcomes(
    regrade: Regrade, people: Collection[UUID], after: Mapping[UUID, PaperAfter]
) -> dict[UUID, list[Outcome]]:
    """Everybody's sittings of this exam as the grade would see them, by person. One query."""
    sat = Attempt.objects.filter(person__in=people, exam_key=regrade.exam_version.key)
    found: dict[UUID, list[Outcome]] = {}
    for attempt in with_results(sat.exclude(status=AttemptStatus.OPEN)).order_by("started_at", "pk"):
        outcome, paper = outcome_of(attempt), after.get(attempt.pk)
        if paper:
            outcome = replace(
                outcome,
                awaits_marks=False,
                points=paper.result.points,
                max_points=paper.result.max_points,
                passed=paper.result.passed,
                parts=paper.result.parts,
                pass_percent=paper.scored.terms.pass_percent,
            )
        found.setdefault(attempt.person_id, []).append(outcome)
    return found


def _flat(outcomes: Mapping[UUID, Sequence[Outcome]]) -> Iterable[Outcome]:
    return (each for one in outcomes.values() for each in one)


def _claim_after(paper: PaperAfter, standing: Claim | None) -> Claim:
    """What the paper would say, under the name of what it says now where that is the same."""
    earned = (each.earned for each in paper.scored)
    claim = claim_of(paper.result.attempt, paper.result, f"attempt:{paper.result.attempt_id}:after", earned)
    return standing if standing and claim.says_as(standing) else claim


def _rows_after(rows: Sequence[Evidence], subject: Subject, claims: Sequence[Claim]) -> list[Evidence]:
    """A person's rows with those of the exam's sittings replaced by these claims."""
    own = {claim_named(row): row for row in rows if is_of_sittings(row, subject)}
    kept = [row for row in rows if not is_of_sittings(row, subject)]
    for number, claim in enumerate(claims, start=1):
        kept.append(own.get(claim.key) or _unstored(claim, subject, -number))
    return sorted(kept, key=lambda row: (row.occurred_at, row.pk))


def _unstored(claim: Claim, subject: Subject, pk: int) -> Evidence:
    row = Evidence(pk=pk, subject=subject, kind=EvidenceKind.EXAM, source_key=claim.key, **claim.fields())
    row.weights = {leaf: format(weight, "f") for leaf, weight in row.weights.items()}
    row.leaf_scores = {leaf: format(score, "f") for leaf, score in row.leaf_scores.items()}
    return row
