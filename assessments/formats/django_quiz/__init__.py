"""django-quiz-app 0.5.1: the JSON that `manage.py dumpdata quiz multichoice true_false essay auth.user` writes, alone
or zipped together with the media folder.

Read: multiple choice (one right answer: single; several: multiple, all or nothing, as that app scores it), true or
false and essay questions, each with category, sub-category, explanation and, out of a zip, its figure. Quizzes and
sittings are no questions: `quizzes` reads them out of the same file.
Written: the same fixture, for the types that app knows.
"""

import json
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from assessments.formats.django_quiz.dump import Dump, Key, read_dump
from assessments.formats.django_quiz.questions import questions_in
from assessments.formats.django_quiz.quizzes import (
    Given,
    Quiz,
    Sitting,
    has_progress,
    quizzes_in,
    sittings_in,
)
from assessments.formats.django_quiz.writing import Writer
from assessments.formats.exchange import Draft, Format, Found, Loss
from assessments.items.problems import gettext_noop as _

__all__ = [
    "DjangoQuiz",
    "Dump",
    "Given",
    "Key",
    "Quiz",
    "Sitting",
    "has_progress",
    "questions_in",
    "quizzes_in",
    "read_dump",
    "sittings_in",
]


class DjangoQuiz(Format):
    code = "django_quiz"
    title = _("django-quiz-app (dumpdata)")
    suffixes = (".json", ".zip")

    def read(self, source: BinaryIO) -> Iterator[Found]:
        yield from questions_in(read_dump(source))

    def write(self, drafts: Iterable[Draft], target: BinaryIO) -> list[Loss]:
        writer = Writer()
        for draft in drafts:
            writer.add(draft)
        target.write(json.dumps(writer.rows, ensure_ascii=False, indent=1).encode())
        return writer.losses
