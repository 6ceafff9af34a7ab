"""Drafts of schemes hold any mistake, two windows do not overwrite each other, and a release is what the draft says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from assessments.models import SchemeDraft, SchemePreview, SchemeVersion
from assessments.schemes.drafts import (
    delete_scheme_draft,
    draft_from,
    is_released,
    release_scheme_draft,
    store_scheme_draft,
    versions_of,
)
from assessments.schemes.previewing import ask_preview
from assessments.schemes.problems import FieldProblem, problems_of
from assessments.schemes.releasing import release_scheme
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Person
from tests.assessments.schemes.making import (
    COURSE,
    EXAM,
    definition,
    make_administrator,
    make_subjects,
    release,
)
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Person:
    return make_administrator()


def store(content: Any, by: Person, now: datetime, **more: Any) -> SchemeDraft:
    return store_scheme_draft(definition=content, by=by, now=now, **more)


def refused(code: str, act: Any, *args: Any, **kwargs: Any) -> None:
    with pytest.raises(Refusal) as caught:
        act(*args, **kwargs)
    assert caught.value.code == code


def test_a_draft_may_hold_any_mistake(administrator: Person, now: datetime) -> None:
    content = {"key": "digital", "rule": {"kind": "essay", "rules": "none"}, "valid_months": -2, "note": 1.5}
    draft = store(content, administrator, now)
    assert (draft.definition, draft.title, draft.revision) == (content, "digital", 1)
    assert store({**content, "title": "数字"}, administrator, now, draft=draft).title == "数字"


@pytest.mark.parametrize("key", [None, "", "数字", "a b", "x" * 65, 7, ["a"]])
def test_a_draft_needs_a_key(key: Any, administrator: Person, now: datetime) -> None:
    refused("key", store, {"key": key}, administrator, now)
    assert SchemeDraft.objects.count() == 0


@pytest.mark.parametrize(
    "content", [{"mark": float("nan")}, {"mark": object()}, {"title": "长" * 40_000}, {"t": "\x00"}]
)
def test_what_cannot_be_stored_is_refused(content: Any, administrator: Person, now: datetime) -> None:
    refused("invalid", store, {"key": "digital", **content}, administrator, now)


def test_the_same_again_changes_nothing(administrator: Person, now: datetime) -> None:
    draft = store(definition(COURSE), administrator, now)
    assert store(definition(COURSE), administrator, now) == draft
    again = store(definition(COURSE), administrator, now, draft=draft, revision=1)
    assert (again.revision, SchemeDraft.objects.count()) == (1, 1)
    assert AuditEntry.objects.filter(action="scheme_draft.stored").count() == 1


def test_a_second_draft_of_a_key_is_refused(administrator: Person, now: datetime) -> None:
    store(definition(COURSE), administrator, now)
    refused("taken", store, definition(EXAM), administrator, now)


def test_the_older_of_two_windows_is_told(administrator: Person, now: datetime) -> None:
    draft = store(definition(COURSE), administrator, now)
    changed = store(definition(EXAM), administrator, now, draft=draft, revision=1)
    assert changed.revision == 2
    other = definition(COURSE, EXAM)
    refused("stale", store, other, administrator, now, draft=draft, revision=1)
    assert SchemeDraft.objects.get().definition == definition(EXAM)
    assert store(definition(EXAM), administrator, now, draft=draft, revision=1).revision == 2


def test_the_key_of_a_draft_stays(administrator: Person, now: datetime) -> None:
    draft = store(definition(COURSE), administrator, now)
    refused("key", store, definition(COURSE, key="other"), administrator, now, draft=draft)


def test_a_deleted_draft_is_not_stored_again(administrator: Person, now: datetime) -> None:
    draft = store(definition(COURSE), administrator, now)
    SchemeDraft.objects.all().delete()
    refused("gone", store, definition(EXAM), administrator, now, draft=draft)


def test_drafts_are_the_administrators(now: datetime) -> None:
    somebody = make_person()
    draft = store_scheme_draft(definition=definition(COURSE), by=None, now=now)
    version = release(COURSE)
    for act in (
        lambda: store(definition(COURSE, key="new"), somebody, now),
        lambda: store(definition(EXAM), somebody, now, draft=draft),
        lambda: draft_from(version=version, by=somebody, now=now),
        lambda: release_scheme_draft(draft=draft, by=somebody, now=now),
        lambda: delete_scheme_draft(draft=draft, by=somebody, now=now),
        lambda: ask_preview(draft=draft, by=somebody, now=now),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert (SchemeDraft.objects.count(), SchemePreview.objects.count()) == (1, 0)


def test_a_draft_is_released_as_what_it_says(administrator: Person, now: datetime) -> None:
    make_subjects()
    draft = store(definition(COURSE), administrator, now)
    version = release_scheme_draft(draft=draft, revision=1, by=administrator, now=now)
    assert release_scheme_draft(draft=draft, by=administrator, now=now) == version
    draft.refresh_from_db()
    assert (draft.released_number, version.number, version.definition) == (1, 1, definition(COURSE))
    assert is_released(draft)
    changed = store(definition(COURSE, EXAM), administrator, now, draft=draft)
    assert not is_released(changed)
    assert release_scheme_draft(draft=changed, by=administrator, now=now).number == 2
    assert [each.number for each in versions_of("digital")] == [2, 1]


def test_a_draft_is_not_released_over_a_later_change(administrator: Person, now: datetime) -> None:
    make_subjects()
    draft = store(definition(COURSE), administrator, now)
    store(definition(EXAM), administrator, now, draft=draft)
    refused("stale", release_scheme_draft, draft=draft, revision=1, by=administrator, now=now)
    assert SchemeVersion.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (definition(), "invalid"),
        (definition(COURSE, title="长" * 81), "invalid"),
        (definition(COURSE, view="Z@1"), "unknown_view"),
        (definition({**COURSE, "subject": "nowhere"}), "unknown_subject"),
    ],
)
def test_a_draft_with_mistakes_is_not_released(
    content: Any, code: str, administrator: Person, now: datetime
) -> None:
    make_subjects()
    draft = store(content, administrator, now)
    refused(code, release_scheme_draft, draft=draft, by=administrator, now=now)
    assert SchemeVersion.objects.count() == 0
    assert problems_of(content) != ()


def test_a_draft_begins_from_a_release(administrator: Person, now: datetime) -> None:
    version = release(COURSE)
    draft = draft_from(version=version, by=administrator, now=now)
    assert (draft.definition, draft.released_number, draft.revision) == (version.definition, 1, 1)
    assert draft_from(version=version, by=administrator, now=now) == draft


def test_an_older_release_takes_the_place_of_a_draft_that_was_released(
    administrator: Person, now: datetime
) -> None:
    first = release(COURSE)
    second = release(COURSE, EXAM)
    draft = draft_from(version=second, by=administrator, now=now)
    back = draft_from(version=first, by=administrator, now=now)
    assert (back.pk, back.definition, back.released_number, back.revision) == (
        draft.pk,
        first.definition,
        1,
        2,
    )


def test_a_draft_that_was_never_released_is_not_lost(administrator: Person, now: datetime) -> None:
    version = release(COURSE)
    store(definition(EXAM), administrator, now)
    refused("unreleased", draft_from, version=version, by=administrator, now=now)
    assert SchemeDraft.objects.get().definition == definition(EXAM)


def test_a_draft_is_deleted_with_its_previews_and_releases_stay(administrator: Person, now: datetime) -> None:
    version = release(COURSE)
    draft = draft_from(version=version, by=administrator, now=now)
    ask_preview(draft=draft, by=administrator, now=now)
    for _click in range(2):
        delete_scheme_draft(draft=draft, by=administrator, now=now)
    assert (SchemeDraft.objects.count(), SchemePreview.objects.count(), SchemeVersion.objects.count()) == (
        0,
        0,
        1,
    )
    assert AuditEntry.objects.filter(action="scheme_draft.deleted").count() == 1


# ---- problems


def test_a_sound_draft_has_no_problems() -> None:
    make_subjects()
    aged = {**EXAM, "axes": {"technical": 60}, "max_age_months": 24}
    assert problems_of(definition(COURSE, aged)) == ()


def test_every_problem_is_named_with_its_field() -> None:
    make_subjects()
    inner = {"id": "in", "kind": "any", "title": "任选", "rules": [{**EXAM, "id": "e2", "subject": "gone"}]}
    content = definition(
        {**EXAM, "mark": 200}, inner, {"kind": "course", "subject": "away"}, view="Z@1", title="长" * 81
    )
    assert problems_of(content) == (
        FieldProblem("rule.rules[0].mark", "请填 0 到 100 之间的数。"),
        FieldProblem("rule.rules[2].id", "这个字段是必填项。"),
        FieldProblem("rule.rules[2].minutes", "这个字段是必填项。"),
        FieldProblem("rule.rules[2].title", "这个字段是必填项。"),
        FieldProblem("view", "没有 Z@1 这个能力视图。"),
        FieldProblem("title", "文字超过了 80 字。"),
        FieldProblem("rule.rules[1].rules[0].subject", "请先发布它，或者另选一个：exam gone。"),
        FieldProblem("rule.rules[2].subject", "请先发布它，或者另选一个：course away。"),
    )


@pytest.mark.parametrize("content", [None, [], "x", {}, {"rule": [], "view": [], "title": 3, "key": {}}])
def test_whatever_a_draft_holds_has_its_problems_named(content: Any) -> None:
    assert len(problems_of(content)) > 0


def test_a_release_refuses_exactly_what_has_problems(now: datetime) -> None:
    make_subjects()
    deep: dict[str, Any] = COURSE
    for depth in range(9):
        deep = {"id": f"g{depth}", "kind": "all", "title": "组", "rules": [deep]}
    for content in (definition(COURSE), definition(), {**definition(COURSE), "rule": deep}):
        found = problems_of(content)
        try:
            release_scheme(definition=content, by=None, now=now)
        except Refusal:
            assert found
        else:
            assert not found
