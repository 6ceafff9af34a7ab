"""`import_questions FILE --format …`: questions into the bank."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.formats import FORMATS
from assessments.formats.django_quiz import DjangoQuiz
from assessments.transfer.drafts import USUAL_LEAF, Bank
from assessments.transfer.importing import ImportReport, import_questions
from assessments.transfer.quizzes import import_quizzes
from core.commands import Report, ReportCommand


class Command(ReportCommand):
    help = "Read questions from a file into the bank. Running it again changes nothing; --dry-run stores nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", required=True, choices=sorted(FORMATS))
        parser.add_argument("--bank", help="the module the questions belong to; default: the file's name")
        parser.add_argument(
            "--leaf", default=USUAL_LEAF, help="the leaf competency where the file names none"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would be imported, store nothing"
        )

    def report(self, **options: Any) -> Report:
        """`imported`: new or changed questions; `skipped`, `warnings`: {where, reason}; `types`: type → number read.

        With the format django_quiz also `exams`: new exam drafts; `sittings`: new or changed sittings held there.
        """
        path: Path = options["file"]
        bank = Bank(options["bank"] or path.stem[:80], options["leaf"])
        with path.open("rb") as source:
            found = import_questions(
                source=source,
                format=options["format"],
                bank=bank,
                by=None,
                now=timezone.now(),
                dry_run=options["dry_run"],
                progress=self._tell_progress,
            )
            quizzes = _quizzes(source, found, **options)
        data = {
            "imported": found.imported,
            "skipped": [asdict(line) for line in found.skipped],
            "warnings": [asdict(line) for line in found.warnings],
            "types": dict(found.types),
            **quizzes,
        }
        told = (*_told(_("skipped"), data["skipped"]), *_told(_("note"), data["warnings"]))
        summary = _("%(imported)d imported, %(unchanged)d unchanged, %(skipped)d skipped.") % {
            "imported": found.imported,
            "unchanged": found.unchanged,
            "skipped": len(found.skipped),
        }
        if quizzes:
            summary += " " + _("%(exams)d exam drafts, %(sittings)d sittings.") % quizzes
        return Report(data, lines=(*told, summary), finding=bool(found.skipped))

    def _tell_progress(self, read: int) -> None:
        """On stderr, so that stdout stays the report alone."""
        self.stderr.write(_("%(count)d read …") % {"count": read})


def _quizzes(source: BinaryIO, found: ImportReport, **options: Any) -> dict[str, int]:
    """What a file of django-quiz-app holds besides questions; what is to be told of it joins the report."""
    if options["format"] != DjangoQuiz.code:
        return {}
    report = import_quizzes(source=source, by=None, now=timezone.now(), dry_run=options["dry_run"])
    found.skipped += report.skipped
    found.warnings += report.warnings
    return {"exams": report.exams, "sittings": report.sittings}


def _told(kind: str, lines: Any) -> list[str]:
    return [f"{kind}: {line['where']}: {line['reason']}" for line in lines]
