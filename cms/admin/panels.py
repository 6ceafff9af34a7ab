"""What waits for a role: one panel a kind of task, each from one read of the room that owns it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Window
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.bank.errata import errata_waiting_for, excerpt, headline
from assessments.bank.reviews import questions_to_review, resting_on_repealed
from assessments.entry.requests import count_waiting
from assessments.marking.queueing import questions_to_mark
from assessments.models import Question, RecheckStatus
from assessments.rechecks.reach import rechecks_administered_by
from certificates.models import NameAnswer
from certificates.names import complaint_of
from certificates.queries import batches_waiting_for, names_to_settle
from courses.admin_views import release_url
from courses.drafts import DraftState, courses_waiting, state_of
from library.queries import clauses_to_review
from people.models import Person, Role
from simulations.queries import drafts_to_release

SHOWN = 3
LOOK_AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class Task:
    """One thing that waits: what it is, why it waits, and the link that settles it."""

    title: str
    note: str
    url: str
    action: str


@dataclass(frozen=True)
class Panel:
    """A kind of task: its first few, how many there are, and what it says when there is none."""

    title: str | Promise
    icon: str
    count: int
    tasks: tuple[Task, ...]
    teaching: str | Promise
    url: str
    more: str | Promise


Make = Callable[[Person, datetime], Panel]


def panels_for(person: Person, roles: frozenset[str], *, at: datetime) -> list[Panel]:
    """The panels of these roles, those with something in them first."""
    panels = [make(person, at) for role, makers in MAKERS.items() if role & roles for make in makers]
    return sorted(panels, key=lambda panel: not panel.count)


def _first(rows: QuerySet[Any]) -> tuple[list[Any], int]:
    """The first rows and the number of all, in one query."""
    first = list(rows.annotate(total=Window(Count("pk")))[:SHOWN])
    return first, first[0].total if first else 0


def _courses(person: Person, at: datetime) -> Panel:
    today = timezone.localdate(at)
    rows, count = _first(courses_waiting(on=today))
    return Panel(
        title=gettext_lazy("Courses on their way to the learners"),
        icon="ql-book",
        count=count,
        tasks=tuple(_course_task(course, state_of(course, on=today)) for course in rows),
        teaching=gettext_lazy(
            "Learners read the newest of every course. Change a lesson and publish it: it shows here."
        ),
        url=reverse("course_list:index"),
        more=gettext_lazy("All courses"),
    )


def _course_task(course: Any, state: DraftState) -> Task:
    ready = state in (DraftState.UNSEEN, DraftState.PUBLISHED) and course.live
    edit = reverse("wagtailadmin_pages:edit", args=[course.pk])
    return Task(
        title=course.title,
        note=str(state.label),
        url=release_url(course) if ready else edit,
        action=_("Release") if ready else _("Open the draft"),
    )


def _rehearsals(person: Person, at: datetime) -> Panel:
    rows, count = _first(drafts_to_release())
    return Panel(
        title=gettext_lazy("Rehearsals to release"),
        icon="order",
        count=count,
        tasks=tuple(
            Task(
                title=draft.title,
                note=_("Changed since version %(number)s") % {"number": draft.newest_number}
                if draft.newest_number
                else _("Never released: nobody can play it"),
                url=reverse("scenarios:inspect", args=[draft.pk]),
                action=_("Look and release"),
            )
            for draft in rows
        ),
        teaching=gettext_lazy("Every draft is released. An imported change shows here until you release it."),
        url=reverse("scenarios:index"),
        more=gettext_lazy("All rehearsals"),
    )


def _clauses(person: Person, at: datetime) -> Panel:
    today = timezone.localdate(at)
    rows, count = _first(clauses_to_review(by=today + LOOK_AHEAD))
    return Panel(
        title=gettext_lazy("Policy clauses to look at again"),
        icon="clipboard-list",
        count=count,
        tasks=tuple(
            Task(
                title=clause.title,
                note=_clause_note((clause.review_by - today).days),
                url=reverse("wagtailsnippets_library_policyclause:edit", args=[clause.pk]),
                action=_("Compare it again"),
            )
            for clause in rows
        ),
        teaching=gettext_lazy(
            "No clause is due within 30 days. Each has a day of its own for the next comparison."
        ),
        url=reverse("wagtailsnippets_library_policyclause:list") + "?ordering=review_by",
        more=gettext_lazy("All clauses"),
    )


def _clause_note(days: int) -> str:
    if days < 0:
        return ngettext("%(days)d day overdue", "%(days)d days overdue", -days) % {"days": -days}
    return ngettext("due within %(days)d day", "due within %(days)d days", days) % {"days": days}


def _questions(person: Person, at: datetime) -> Panel:
    rows, count = _first(questions_to_review(at=at))
    return Panel(
        title=gettext_lazy("Questions due for review"),
        icon="help",
        count=count,
        tasks=tuple(
            Task(
                title=f"{version.question.key}　{version.module}",
                note=version.as_of,
                url=reverse("bank:inspect", args=[version.question_id]),
                action=_("Look at it"),
            )
            for version in rows
        ),
        teaching=gettext_lazy(
            "Questions come up here on their day of review; those that rest on a rule, a year after they were stored."
        ),
        url=reverse("bank:index") + "?flag=review",
        more=gettext_lazy("All of them"),
    )


def _repealed(person: Person, at: datetime) -> Panel:
    """Its rows and all their clauses, in two queries."""
    resting = resting_on_repealed(Question.objects.order_by("key"), on=timezone.localdate(at))
    rows, count = _first(resting.prefetch_related("clauses"))
    return Panel(
        title=gettext_lazy("Questions whose basis was repealed"),
        icon="warning",
        count=count,
        tasks=tuple(
            Task(
                title=question.key,
                note="；".join(each.citation for each in question.clauses.all() if each.repealed_on),
                url=reverse("bank:inspect", args=[question.pk]),
                action=_("Look at it"),
            )
            for question in rows
        ),
        teaching=gettext_lazy("No question rests on a clause that was repealed."),
        url=reverse("bank:index") + "?flag=repealed",
        more=gettext_lazy("All of them"),
    )


def _errata(person: Person, at: datetime) -> Panel:
    rows, count = _first(errata_waiting_for(person, on=timezone.localdate(at)))
    return Panel(
        title=gettext_lazy("Questions that learners reported"),
        icon="comment",
        count=count,
        tasks=tuple(
            Task(
                title=headline(erratum),
                note=excerpt(erratum.text),
                url=reverse("errata:answer", args=[erratum.pk]),
                action=_("Answer the report"),
            )
            for erratum in rows
        ),
        teaching=gettext_lazy(
            "No report is open. Below each question learners can say what is wrong with it."
        ),
        url=reverse("errata:index"),
        more=gettext_lazy("All reports"),
    )


def _batches(person: Person, at: datetime) -> Panel:
    rows, count = _first(batches_waiting_for(person, on=timezone.localdate(at)))
    return Panel(
        title=gettext_lazy("Batches that need your approval"),
        icon="ql-seal",
        count=count,
        tasks=tuple(
            Task(
                title=batch.title,
                note=f"{batch.scheme_version.title}，{batch.organisation.name}",
                url=reverse("certificates:batch", args=[batch.pk]),
                action=_("Review the batch"),
            )
            for batch in rows
        ),
        teaching=gettext_lazy("Nothing waits for your signature. Who proposes a batch cannot approve it."),
        url=reverse("certificates:batches"),
        more=gettext_lazy("All batches"),
    )


def _names(person: Person, at: datetime) -> Panel:
    rows, count = _first(names_to_settle(person, at=at))
    return Panel(
        title=gettext_lazy("Names on their way to a certificate"),
        icon="group",
        count=count,
        tasks=tuple(_name_task(asked) for asked in rows),
        teaching=gettext_lazy(
            "No name is open. Before a certificate is printed its holder is asked how they write it."
        ),
        url=reverse("people:index"),
        more=gettext_lazy("All people"),
    )


def _name_task(asked: Any) -> Task:
    if asked.answer == NameAnswer.DISPUTED:
        return Task(
            title=complaint_of(asked),
            note=_("The holder writes it differently: correct the account, then ask again."),
            url=reverse("people:name", args=[asked.person_id]),
            action=_("Correct it"),
        )
    return Task(
        title=asked.asked_name,
        note=_("Asked; without an answer by %(month)d/%(day)d it counts as right.")
        % {"month": asked.due_on.month, "day": asked.due_on.day},
        url=reverse("people:record", args=[asked.person_id]),
        action=_("See the record"),
    )


def _marking(person: Person, at: datetime) -> Panel:
    """Question by question, as they are marked."""
    loads = questions_to_mark(person, at=at)
    return Panel(
        title=gettext_lazy("Answers that need a marker"),
        icon="edit",
        count=sum(load.waiting for load in loads),
        tasks=tuple(
            Task(
                title=load.item.exam_version.title,
                note=ngettext(
                    "Question %(number)d, %(count)d answer",
                    "Question %(number)d, %(count)d answers",
                    load.waiting,
                )
                % {"number": load.item.number, "count": load.waiting},
                url=reverse("assessments:marking_question", args=[load.item.pk]),
                action=_("Mark"),
            )
            for load in loads[:SHOWN]
        ),
        teaching=gettext_lazy("No paper waits. You will see a number and the answer, never a name."),
        url=reverse("assessments:marking"),
        more=gettext_lazy("The whole queue"),
    )


def _exam_requests(person: Person, at: datetime) -> Panel:
    """Rechecks one by one, and before them, in one line, what is asked for before an exam."""
    asked = rechecks_administered_by(person, at=at).filter(status=RecheckStatus.ASKED)
    rows, count = _first(asked.select_related("attempt__exam_version").order_by("asked_at", "pk"))
    before = count_waiting(person, at=at)
    tasks = [_requests_task(before)] if before else []
    tasks += [
        Task(
            title=recheck.attempt.exam_version.title,
            note=_("A candidate asks for a recheck of the marks."),
            url=reverse("assessments:recheck", args=[recheck.pk]),
            action=_("Decide on them"),
        )
        for recheck in rows
    ]
    return Panel(
        title=gettext_lazy("Requests about exams"),
        icon="help",
        count=count + before,
        tasks=tuple(tasks[:SHOWN]),
        teaching=gettext_lazy("Nobody asks for more time, another attempt, an exemption or a recheck."),
        url=reverse("assessments:rechecks"),
        more=gettext_lazy("All rechecks"),
    )


def _requests_task(count: int) -> Task:
    number = ngettext("%(count)s request", "%(count)s requests", count) % {"count": count}
    return Task(
        title=_("Requests before an exam"),
        note=number,
        url=reverse("assessments:requests"),
        action=_("Decide on them"),
    )


MAKERS: dict[frozenset[str], tuple[Make, ...]] = {
    frozenset({Role.ADMINISTRATOR.value, Role.ISSUER.value}): (_batches, _names),
    frozenset({Role.ADMINISTRATOR.value}): (_exam_requests,),
    frozenset({Role.EXAMINER.value}): (_marking,),
    frozenset({Role.AUTHOR.value}): (_courses, _errata, _rehearsals, _clauses, _questions, _repealed),
}


def waiting_in(panels: list[Panel]) -> int:
    """How many things wait in all panels together."""
    return sum(panel.count for panel in panels)
