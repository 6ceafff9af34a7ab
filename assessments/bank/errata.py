"""报错: what learners say is wrong with a question, and what its author answers them."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from assessments.bank.workflow import move_question
from assessments.items.writing import MOST_CHARACTERS, clean_text
from assessments.models import Erratum, ErratumKind, ErratumStatus, Question, QuestionStatus, QuestionVersion
from core import audit
from core.errors import Refusal
from people.models import Person, Role, RoleAssignment
from people.notices import send_notice, settle_notices
from people.roles import check_role

TEXT_LENGTH = (5, 1_000)
ANSWER_LENGTH = (1, 1_000)
MOST_OPEN = 10
EXCERPT = 60


def report_erratum(
    *, version: QuestionVersion, reporter: Person, kind: ErratumKind, text: str, now: datetime
) -> Erratum:
    """Tell the author what is wrong with this version. One's open report on it is returned as it is: its
    `reported_at` is not `now`. The caller has checked that the reporter met this version.

    Raises Refusal for a text that is too short or too long (code "text"), and while ten reports wait ("too_many").
    """
    text = _kept(text)
    if not TEXT_LENGTH[0] <= len(text) <= TEXT_LENGTH[1]:
        raise Refusal(_("Say in 5 to 1000 characters what is wrong."), code="text")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=reporter.pk)
        earlier = open_report(version=version, reporter=reporter)
        if earlier:
            return earlier
        if Erratum.objects.filter(reporter=reporter, status=ErratumStatus.OPEN).count() >= MOST_OPEN:
            raise Refusal(
                _("Ten of your reports still wait for an answer. Report this one when some are answered."),
                code="too_many",
            )
        erratum = Erratum.objects.create(
            question_version=version, reporter=reporter, kind=kind, text=text, reported_at=now
        )
        _audit("erratum.reported", erratum, by=reporter, now=now, kind=kind.value)
        _ask_authors(erratum, now=now)
    return erratum


def answer_erratum(
    *, erratum: Erratum, accepted: bool, answer: str, by: Person, now: datetime, doubt: bool = False
) -> Erratum:
    """Answer the reporter; with `doubt` the question is suspect from now on. An answered one is returned as it is.

    Raises NotAllowed for somebody who is not an author, Refusal for a missing or long answer (code "answer"), for a
    doubt about a question that stays as it is ("doubt"), and where the question cannot become suspect ("transition").
    """
    check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    answer = _kept(answer)
    if not ANSWER_LENGTH[0] <= len(answer) <= ANSWER_LENGTH[1]:
        raise Refusal(_("Write an answer of at most 1000 characters; the learner reads it."), code="answer")
    if doubt and not accepted:
        raise Refusal(_("A question that stays as it is cannot be suspect at once."), code="doubt")
    with transaction.atomic():
        found = Erratum.objects.select_for_update(of=("self",)).select_related("question_version__question")
        erratum = found.get(pk=erratum.pk)
        if erratum.status != ErratumStatus.OPEN:
            return erratum
        erratum.status = ErratumStatus.ACCEPTED if accepted else ErratumStatus.DECLINED
        erratum.answer, erratum.answered_at, erratum.answered_by = answer, now, by
        erratum.save(update_fields=["status", "answer", "answered_at", "answered_by"])
        _audit("erratum.answered", erratum, by=by, now=now, status=erratum.status.value, doubt=doubt)
        if doubt:
            _cast_doubt(erratum, by=by, now=now)
        settle_notices(source_key=_matter(erratum), now=now)
        _tell_reporter(erratum, now=now)
    return erratum


def authors_asked(question: Question, *, on: date) -> QuerySet[Person]:
    """Who is asked about a question: its author while they are one, else every author of this day."""
    authors = Person.objects.filter(pk__in=_author_roles(on).values("person"))
    if question.author_id is None:
        return authors
    own = authors.filter(pk=question.author_id)
    return own if own.exists() else authors


def errata_waiting_for(author: Person, *, on: date) -> QuerySet[Erratum]:
    """Open reports this author is asked about, the oldest first. One lazy query."""
    asked_of_another = _author_roles(on).filter(person=OuterRef("question_version__question__author"))
    waiting = with_questions().filter(status=ErratumStatus.OPEN)
    return waiting.exclude(
        Exists(asked_of_another.exclude(person=author)),
    ).order_by("reported_at")


def errata_of(reporter: Person) -> QuerySet[Erratum]:
    """Everything this person reported, the newest first, without a key. One lazy query."""
    return with_questions().filter(reporter=reporter).order_by("-reported_at")


def open_report(*, version: QuestionVersion, reporter: Person) -> Erratum | None:
    """What this person reported about this version and has no answer to yet. One query."""
    return Erratum.objects.filter(
        question_version=version, reporter=reporter, status=ErratumStatus.OPEN
    ).first()


def with_questions() -> QuerySet[Erratum]:
    """Reports with the version each is about; what gives the answer away stays in the database."""
    errata = Erratum.objects.select_related("question_version__question")
    return errata.defer("question_version__answer", "question_version__explanation")


def in_queue_order(errata: QuerySet[Erratum]) -> QuerySet[Erratum]:
    """Open ones first, the longest waiting of them on top; then the answered, the newest answer first."""
    return errata.order_by(F("answered_at").desc(nulls_first=True), "reported_at")


def _author_roles(on: date) -> QuerySet[RoleAssignment]:
    return RoleAssignment.objects.active(on=on).filter(role=Role.AUTHOR)


def _kept(text: str) -> str:
    return clean_text("text", text[:MOST_CHARACTERS])


def _matter(erratum: Erratum) -> str:
    return f"erratum:{erratum.pk}"


def _ask_authors(erratum: Erratum, *, now: datetime) -> None:
    """One notice an author, with the beginning of what was said: the rest is read where it is answered."""
    question = erratum.question_version.question
    with translation.override(settings.LANGUAGE_CODE):
        title = _("A report on question %(key)s") % {"key": question.key}
        said = excerpt(erratum.text)
        body = _("%(kind)s: %(text)s") % {"kind": ErratumKind(erratum.kind).label, "text": said}
        for author in authors_asked(question, on=timezone.localdate(now)):
            send_notice(
                recipient=author,
                title=title,
                body=body,
                url=reverse("errata:answer", args=[erratum.pk]),
                source_key=f"{_matter(erratum)}:{author.pk}",
                now=now,
            )


def _tell_reporter(erratum: Erratum, *, now: datetime) -> None:
    stem = excerpt(erratum.question_version.body["stem"])
    with translation.override(settings.LANGUAGE_CODE):
        send_notice(
            recipient=erratum.reporter,
            title=_("Your report on a question has an answer"),
            body=_("%(state)s: %(text)s") % {"state": ErratumStatus(erratum.status).label, "text": stem},
            url=f"{reverse('assessments:errata')}#erratum-{erratum.pk}",
            source_key=f"erratum-answer:{erratum.pk}",
            now=now,
        )


def _cast_doubt(erratum: Erratum, *, by: Person, now: datetime) -> None:
    """The reason tells of the report and cites the answer: a learner's own words stay where they can be erased."""
    facts = {
        "day": date_format(timezone.localtime(erratum.reported_at)),
        "kind": ErratumKind(erratum.kind).label,
        "answer": erratum.answer,
    }
    move_question(
        question=erratum.question_version.question,
        to=QuestionStatus.SUSPECT,
        by=by,
        now=now,
        reason=_("Reported on %(day)s, “%(kind)s”. The answer: %(answer)s") % facts,
    )


def _audit(action: str, erratum: Erratum, *, by: Person, now: datetime, **detail: str | bool) -> None:
    version = erratum.question_version
    audit.record(
        action=action,
        target=f"assessments.erratum:{erratum.pk}",
        by=by,
        now=now,
        question=version.question.key,
        number=version.number,
        **detail,
    )


def headline(erratum: Erratum) -> str:
    """Which question was reported, and for what. Its question must be loaded."""
    return f"{erratum.question_version.question.key}　{erratum.get_kind_display()}"


def excerpt(text: str) -> str:
    """The beginning of a text, on one line."""
    return Truncator(" ".join(text.split())).chars(EXCERPT, truncate="…")
