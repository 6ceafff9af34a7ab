"""Who gains and who loses by a draft: everybody with evidence, against the newest release, whoever is killed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from assessments import tasks
from assessments.models import PreviewStatus, SchemeDraft, SchemePreview
from assessments.schemes import counting
from assessments.schemes.drafts import store_scheme_draft
from assessments.schemes.previewing import advance_preview, ask_preview, due_previews, newest_preview
from core.errors import Refusal
from people.models import Person
from tests.assessments.schemes.making import COURSE, EXAM, definition, make_subjects, record, release
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(now: datetime) -> dict[str, Person]:
    """Who did what; `nobody` has no evidence."""
    make_subjects()
    done = {"both": ("data", "base"), "course": ("data",), "exam": ("base",), "nobody": ()}
    people = {name: PersonFactory() for name in done}
    for name, keys in done.items():
        for key in keys:
            kind = "course" if key == "data" else "exam"
            record(people[name], f"{name}:{key}", now - timedelta(days=400), kind=kind, key=key)
    return people


def draft_of(content: dict[str, Any], now: datetime) -> SchemeDraft:
    draft = SchemeDraft.objects.filter(key=content["key"]).first()
    return store_scheme_draft(definition=content, draft=draft, by=None, now=now)


def outcome(preview: SchemePreview, people: dict[str, Person]) -> tuple[int, list[str], list[str]]:
    names = {str(person.pk): name for name, person in people.items()}
    return (
        preview.met_count,
        sorted(names[pk] for pk in preview.gains),
        sorted(names[pk] for pk in preview.losses),
    )


def counted(content: dict[str, Any], now: datetime) -> SchemePreview:
    return advance_preview(
        preview=ask_preview(draft=draft_of(content, now), by=None, now=now), clock=lambda: now
    )


def test_a_first_scheme_only_gains(people: dict[str, Person], now: datetime) -> None:
    preview = counted(definition(COURSE), now)
    assert outcome(preview, people) == (2, ["both", "course"], [])
    assert (preview.status, preview.done_count, preview.total_count, preview.finished_at) == (
        "done",
        3,
        3,
        now,
    )


@pytest.mark.postgres
def test_a_change_names_who_gains_and_who_loses(people: dict[str, Person], now: datetime) -> None:
    version = release(COURSE)
    preview = counted(definition(EXAM), now)
    assert outcome(preview, people) == (2, ["exam"], ["course"])
    assert preview.against == version
    assert outcome(counted(definition(COURSE), now), people) == (2, [], [])


def test_ages_are_counted_at_the_moment_of_asking(people: dict[str, Person], now: datetime) -> None:
    release(COURSE)
    aged = definition({**COURSE, "max_age_months": 12})
    assert outcome(counted(aged, now), people) == (0, [], ["both", "course"])
    assert outcome(counted(aged, now - timedelta(days=100)), people) == (2, [], [])


def test_axes_are_counted(people: dict[str, Person], now: datetime) -> None:
    record(people["nobody"], "n", now, kind="exam", key="base", weights={"DIG": 1}, leaf_scores={"DIG": 1})
    release(EXAM)
    preview = counted(definition({**EXAM, "axes": {"technical": 60}}), now)
    assert outcome(preview, people) == (1, [], ["both", "exam"])


@pytest.mark.parametrize("portion", [1, 2, 3])
def test_portions_make_no_difference(
    portion: int, people: dict[str, Person], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "PORTION", portion)
    release(COURSE)
    assert outcome(counted(definition(EXAM), now), people) == (2, ["exam"], ["course"])


@pytest.mark.parametrize("killed_after", [0, 1, 2, 3])
def test_a_killed_worker_is_taken_up_where_it_was(
    killed_after: int, people: dict[str, Person], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(Exception):
        pass

    ticks = iter(range(100))

    def dying() -> datetime:
        if next(ticks) == killed_after:
            raise Killed
        return now

    monkeypatch.setattr(counting, "PORTION", 1)
    release(COURSE)
    preview = ask_preview(draft=draft_of(definition(EXAM), now), by=None, now=now)
    with pytest.raises(Killed):
        advance_preview(preview=preview, clock=dying)
    preview.refresh_from_db()
    assert preview.done_count == killed_after
    assert outcome(advance_preview(preview=preview, clock=lambda: now), people) == (2, ["exam"], ["course"])


def test_a_worker_with_an_old_copy_counts_nobody_twice(people: dict[str, Person], now: datetime) -> None:
    preview = ask_preview(draft=draft_of(definition(COURSE), now), by=None, now=now)
    copy = SchemePreview.objects.get()
    advance_preview(preview=preview, clock=lambda: now)
    assert outcome(advance_preview(preview=copy, clock=lambda: now), people) == (2, ["both", "course"], [])


def test_a_preview_of_a_deleted_draft_ends(people: dict[str, Person], now: datetime) -> None:
    preview = ask_preview(draft=draft_of(definition(COURSE), now), by=None, now=now)
    SchemeDraft.objects.all().delete()
    advance_preview(preview=preview, clock=lambda: now)
    assert SchemePreview.objects.count() == 0


def test_asking_twice_is_one_preview_until_it_is_done(people: dict[str, Person], now: datetime) -> None:
    draft = draft_of(definition(COURSE), now)
    first = ask_preview(draft=draft, by=None, now=now)
    assert ask_preview(draft=draft, by=None, now=now) == first
    advance_preview(preview=first, clock=lambda: now)
    second = ask_preview(draft=draft, by=None, now=now + timedelta(hours=1))
    assert (second == first, newest_preview(draft)) == (False, second)


def test_a_changed_draft_stops_what_was_counting_and_keeps_the_last_that_was_done(
    people: dict[str, Person], now: datetime
) -> None:
    done = counted(definition(COURSE), now)
    ask_preview(draft=draft_of(definition(EXAM), now), by=None, now=now + timedelta(minutes=1))
    last = ask_preview(draft=draft_of(definition(EXAM, COURSE), now), by=None, now=now + timedelta(minutes=2))
    assert set(SchemePreview.objects.all()) == {done, last}


def test_a_draft_with_mistakes_is_not_previewed(now: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        ask_preview(draft=draft_of(definition(), now), by=None, now=now)
    assert (refused.value.code, "rule.rules" in str(refused.value)) == ("invalid", True)


def test_asking_starts_the_work_on_commit(
    people: dict[str, Person], now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ask_preview(draft=draft_of(definition(COURSE), now), by=None, now=now)
    assert SchemePreview.objects.get().status == PreviewStatus.DONE


def test_the_sweeper_finds_what_stands_still_once(people: dict[str, Person], now: datetime) -> None:
    preview = ask_preview(draft=draft_of(definition(COURSE), now), by=None, now=now)
    assert due_previews(now=now + timedelta(seconds=119)) == []
    assert due_previews(now=now + timedelta(minutes=2)) == [preview.pk]
    assert due_previews(now=now + timedelta(minutes=2)) == []
    advance_preview(preview=preview, clock=lambda: now + timedelta(minutes=2))
    assert due_previews(now=now + timedelta(hours=1)) == []


def test_the_sweepers_task_does_what_is_left(people: dict[str, Person], now: datetime) -> None:
    ask_preview(draft=draft_of(definition(COURSE), now), by=None, now=datetime(2020, 1, 1, tzinfo=now.tzinfo))
    assert tasks.resume_previews() == 1
    assert SchemePreview.objects.get().status == PreviewStatus.DONE
    assert tasks.advance_preview("00000000-0000-0000-0000-000000000000") is False


def test_a_portion_takes_the_same_queries_for_one_and_for_three(
    now: datetime, django_assert_num_queries: Any
) -> None:
    """People, evidence, preview locked and saved in a savepoint; then nobody, and the end in another."""
    make_subjects()
    for many in (1, 3):
        for n in range(many):
            record(PersonFactory(), f"{many}:{n}", now)
        preview = ask_preview(draft=draft_of(definition(COURSE), now), by=None, now=now)
        with django_assert_num_queries(11):
            advance_preview(preview=preview, clock=lambda: now)
