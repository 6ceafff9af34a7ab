"""Finding questions of the bank: by what candidates read of them and by how they are filed, never by their key."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.bank.neighbours import near_pairs
from assessments.bank.reviews import questions_to_review, resting_on_repealed
from assessments.bank.usage import never_used
from assessments.items.similarity import shown_texts
from assessments.models import Erratum, ErratumStatus, Question, QuestionVersion

Found = QuerySet[Question]
Flag = Callable[[Found, datetime], Found]


def found(questions: Found, query: str) -> Found:
    """Those in which every word of the query stands: in the key, module, category or tags, the stem or an option.

    JSON is searched as it is written, where the database may write 居 as \\u5c45; so words without a Chinese character
    are looked up again in what was found, lest they match an escape or the name of a field.
    """
    words = query.split()
    if not words:
        return questions
    asked = questions.alias(
        written=_of_newest(Cast("body", TextField())),
        tags_written=Cast("tags", TextField()),
        newest_module=_of_newest(F("module")),
    )
    for word in words:
        filed = Q(key__icontains=word) | Q(category__icontains=word) | Q(newest_module__icontains=word)
        asked = asked.filter(filed | _written("written", word) | _written("tags_written", word))
    if plain := [word.casefold() for word in words if word.isascii()]:
        newest = {"newest_body": _of_newest(F("body")), "newest_module": _of_newest(F("module"))}
        rows = asked.annotate(**newest).values_list(
            "pk", "key", "newest_module", "category", "tags", "newest_body"
        )
        asked = asked.filter(pk__in=[pk for pk, *said in rows if _says(*said, words=plain)])
    return asked


def in_category(questions: Found, path: str) -> Found:
    """Those filed in this category or below it."""
    return questions.filter(Q(category=path) | Q(category__startswith=f"{path}/"))


def tagged(questions: Found, tag: str) -> Found:
    """Those that carry exactly this tag."""
    return questions.alias(tags_written=Cast("tags", TextField())).filter(
        _written("tags_written", tag, whole=True)
    )


def about_leaf(questions: Found, leaf: str) -> Found:
    """Those whose newest version counts for this leaf competency."""
    newest = QuestionVersion.objects.newest().filter(question=OuterRef("pk"))
    return questions.filter(Exists(newest.filter(leaves__has_key=leaf)))


def _repealed(questions: Found, now: datetime) -> Found:
    return resting_on_repealed(questions, on=timezone.localdate(now))


def _due(questions: Found, now: datetime) -> Found:
    return questions.filter(pk__in=questions_to_review(at=now).values("question"))


def _reported(questions: Found, now: datetime) -> Found:
    waiting = Erratum.objects.filter(question_version__question=OuterRef("pk"), status=ErratumStatus.OPEN)
    return questions.filter(Exists(waiting))


def _near(questions: Found, now: datetime) -> Found:
    return questions.filter(key__in={key for pair in near_pairs() for key in (pair.one, pair.other)})


def _never_used(questions: Found, now: datetime) -> Found:
    return never_used(questions)


FLAGS: Mapping[str, tuple[str | Promise, Flag]] = {
    "repealed": (_("Its basis was repealed"), _repealed),
    "review": (_("Due for review"), _due),
    "reported": (_("Reports without an answer"), _reported),
    "near": (_("Reads like another"), _near),
    "unused": (_("Never used"), _never_used),
}

TOLD_IN_LISTS = ("repealed", "review", "reported")


def flags_of(questions: Collection[Question], *, now: datetime) -> dict[int, list[str]]:
    """What calls for attention in these questions, in words, by id; what a whole bank must be compared for is left
    out. One query for each flag."""
    told: defaultdict[int, list[str]] = defaultdict(list)
    asked = Question.objects.filter(pk__in=[question.pk for question in questions])
    for code in TOLD_IN_LISTS:
        label, flag = FLAGS[code]
        for pk in flag(asked, now).values_list("pk", flat=True):
            told[pk].append(str(label))
    return told


def _of_newest(expression: Cast | F) -> Subquery:
    newest = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number")
    return Subquery(newest.annotate(wanted=expression).values("wanted")[:1])


def _written(field: str, text: str, *, whole: bool = False) -> Q:
    """The text inside a column of JSON text, however the database writes it; `whole`: as one whole string."""
    forms = {json.dumps(text), json.dumps(text, ensure_ascii=False)}
    matches = Q()
    for form in forms:
        matches |= Q(
            **{f"{field}__contains" if whole else f"{field}__icontains": form if whole else form[1:-1]}
        )
    return matches


def _says(
    key: str, module: str, category: str, tags: list[str], body: Mapping[str, object], *, words: list[str]
) -> bool:
    texts = [text.casefold() for text in (key, module, category, *tags, *shown_texts(body))]
    return all(any(word in text for text in texts) for word in words)
