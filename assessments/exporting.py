"""Questions out of the bank into a file of another program, with a word about everything that file cannot carry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from assessments.formats import FORMATS, Draft, renumbered
from assessments.importing import Line
from assessments.models import QuestionVersion
from assessments.wording import in_words
from core.errors import Refusal


@dataclass(frozen=True)
class ExportReport:
    """`exported` questions are in the file, wholly or with a warning; `skipped` ones are not."""

    exported: int
    skipped: tuple[Line, ...]
    warnings: tuple[Line, ...]


def export_questions(*, module: str, format: str, target: BinaryIO) -> ExportReport:
    """Write the newest version of every question of a module, keys included: for authors only, the caller checks.

    Raises Refusal for an unknown format and for a module without questions.
    """
    if format not in FORMATS:
        raise Refusal(_("There is no format %(format)s.") % {"format": format}, code="format")
    versions = QuestionVersion.objects.newest().filter(module=module).select_related("question")
    count = versions.count()
    if not count:
        raise Refusal(_("The bank has no questions of %(module)s.") % {"module": module}, code="module")
    losses = FORMATS[format].write(_drafts(versions.order_by("question__key").iterator(500)), target)
    skipped = tuple(Line(loss.where, in_words(loss.reason)) for loss in losses if loss.whole)
    warnings = tuple(Line(loss.where, in_words(loss.reason)) for loss in losses if not loss.whole)
    return ExportReport(count - len({line.where for line in skipped}), skipped, warnings)


def _drafts(versions: Iterator[QuestionVersion]) -> Iterator[Draft]:
    for version in versions:
        question = version.question
        yield renumbered(
            Draft(
                type=version.type,
                body=version.body,
                answer=version.answer,
                explanation=version.explanation,
                name=question.key,
                category=tuple(filter(None, question.category.split("/"))),
                tags=tuple(question.tags),
                points=version.points.normalize() + 0,
                difficulty=version.difficulty,
                extra={
                    "key": question.key,
                    "module": version.module,
                    "leaves": dict(version.leaves),
                    "minutes": version.minutes,
                    "as_of": version.as_of,
                    "source": version.source,
                },
            )
        )
