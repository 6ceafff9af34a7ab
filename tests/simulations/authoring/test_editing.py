"""A draft is written part by part, by several people at once, and every change can be had back."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Person, Role
from simulations.authoring.editing import Overtaken, change_draft, restore_edition, save_part
from simulations.authoring.starting import begin_draft, start_document
from simulations.drafts import store_draft
from simulations.engine.document import parse
from simulations.engine.editing import Part, part_of
from simulations.engine.references import removed
from simulations.models import DraftEdition, ScenarioDraft
from tests.factories import make_person

pytestmark = pytest.mark.django_db
N02, N03 = Part("node", "N02"), Part("node", "N03")


@pytest.fixture
def draft(document: Any, now: datetime) -> ScenarioDraft:
    return store_draft(document=document, by=None, now=now)


@pytest.fixture
def author(db: Any) -> Person:
    return make_person(roles=(Role.AUTHOR,))


def said(draft: ScenarioDraft) -> Any:
    draft.refresh_from_db()
    return json.loads(draft.document)


def titled(draft: ScenarioDraft, part: Part, title: Any) -> Any:
    return (part_of(said(draft), part) or {}) | {"title": title}


def save(
    draft: ScenarioDraft, part: Part, title: Any, *, expected: int, now: datetime, **who: Any
) -> ScenarioDraft:
    value = titled(draft, part, title)
    return save_part(draft=draft, part=part, value=value, expected=expected, by=who.get("by"), now=now)


def test_a_saved_part_is_an_edition_with_its_entry(
    draft: ScenarioDraft, author: Person, now: datetime
) -> None:
    later = now + timedelta(hours=1)
    save(draft, N02, "新标题", expected=1, now=later, by=author)
    edition = DraftEdition.objects.get(number=2)
    draft.refresh_from_db()
    assert (draft.edition, draft.stored_at, draft.stored_by) == (2, later, author)
    assert (edition.document, edition.content_hash) == (draft.document, draft.content_hash)
    assert (edition.changed, edition.stored_by, edition.restored) == (
        [{"what": "node", "where": "N02"}], author, None,
    )  # fmt: skip
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.target, entry.actor) == (
        "scenario.edited",
        "simulations.scenario:S1",
        str(author.pk),
    )
    assert entry.detail == {"edition": 2, "content_hash": draft.content_hash}


def test_saving_the_same_twice_is_one_edition(draft: ScenarioDraft, now: datetime) -> None:
    value = titled(draft, N02, "新标题")
    for _click in range(2):
        save_part(draft=draft, part=N02, value=value, expected=1, by=None, now=now)
    assert DraftEdition.objects.count() == 2
    assert AuditEntry.objects.filter(action="scenario.edited").count() == 1


def test_two_who_wrote_different_parts_both_keep_theirs(draft: ScenarioDraft, now: datetime) -> None:
    save(draft, N02, "甲写的", expected=1, now=now)
    save(draft, N03, "乙写的", expected=1, now=now)
    document = said(draft)
    assert [part_of(document, part)["title"] for part in (N02, N03)] == ["甲写的", "乙写的"]  # type: ignore[index]
    assert draft.edition == 3


def test_two_who_wrote_the_same_part_are_told_and_nothing_is_overwritten(
    draft: ScenarioDraft, now: datetime
) -> None:
    save(draft, N02, "甲写的", expected=1, now=now)
    with pytest.raises(Overtaken) as refused:
        save(draft, N02, "乙写的", expected=1, now=now)
    assert refused.value.theirs == titled(draft, N02, "甲写的")
    assert (refused.value.edition, draft.edition) == (2, 2)
    save(draft, N02, "乙写的", expected=2, now=now)
    assert part_of(said(draft), N02)["title"] == "乙写的"  # type: ignore[index]


def test_a_form_without_a_version_overwrites_nobody(draft: ScenarioDraft, now: datetime) -> None:
    with pytest.raises(Overtaken):
        save(draft, N02, "新标题", expected=-1, now=now)
    assert said(draft)["nodes"][1]["title"] != "新标题"


def test_a_part_that_was_taken_out_meanwhile_is_not_brought_back_unasked(
    draft: ScenarioDraft, now: datetime
) -> None:
    value = titled(draft, N02, "新标题")
    change_draft(draft=draft, change=lambda each: removed(each, N02), expected=1, by=None, now=now)
    with pytest.raises(Overtaken) as refused:
        save_part(draft=draft, part=N02, value=value, expected=1, by=None, now=now)
    assert refused.value.theirs is None


def test_an_unfinished_draft_is_kept_as_it_is(draft: ScenarioDraft, now: datetime) -> None:
    save(draft, N02, 17, expected=1, now=now)
    assert said(draft)["nodes"][1]["title"] == 17


@pytest.mark.parametrize("title", ["a\x00b", "a\x07b", "\ud800", "x" * 2_000_001])
def test_what_no_database_keeps_is_refused(draft: ScenarioDraft, now: datetime, title: str) -> None:
    with pytest.raises(Refusal) as refused:
        save(draft, N02, title, expected=1, now=now)
    assert (refused.value.code, DraftEdition.objects.count()) == ("unstorable", 1)


def test_a_change_of_the_whole_happens_once(draft: ScenarioDraft, now: datetime) -> None:
    def click() -> None:
        change_draft(draft=draft, change=lambda each: removed(each, N02), expected=1, by=None, now=now)

    click()
    with pytest.raises(Refusal) as refused:
        click()
    assert (refused.value.code, DraftEdition.objects.count()) == ("stale", 2)


def test_an_old_edition_comes_back_as_a_new_one(draft: ScenarioDraft, now: datetime) -> None:
    before = draft.document
    save(draft, N02, "新标题", expected=1, now=now)
    restore_edition(draft=draft, number=1, expected=2, by=None, now=now)
    draft.refresh_from_db()
    edition = DraftEdition.objects.get(number=3)
    assert (draft.document, draft.edition, edition.restored) == (before, 3, 1)
    with pytest.raises(Refusal) as refused:
        restore_edition(draft=draft, number=9, expected=3, by=None, now=now)
    assert refused.value.code == "gone"


def test_others_than_authors_write_nothing(draft: ScenarioDraft, person: Person, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        save(draft, N02, "新标题", expected=1, now=now, by=person)
    with pytest.raises(NotAllowed):
        restore_edition(draft=draft, number=1, expected=1, by=person, now=now)
    with pytest.raises(NotAllowed):
        change_draft(draft=draft, change=lambda each: each, expected=1, by=person, now=now)
    with pytest.raises(NotAllowed):
        begin_draft(title="夜市", key="market", by=person, now=now)
    assert (DraftEdition.objects.count(), ScenarioDraft.objects.count()) == (1, 1)


def test_imports_write_editions_too(draft: ScenarioDraft, document: Any, now: datetime) -> None:
    store_draft(document=document | {"title": "老楼新梯二"}, by=None, now=now)
    assert list(DraftEdition.objects.order_by("number").values_list("number", "changed")) == [
        (1, [{"what": "begun", "where": ""}]),
        (2, [{"what": "head", "where": ""}]),
    ]


def test_a_draft_from_before_versions_keeps_what_it_said(draft: ScenarioDraft, now: datetime) -> None:
    old = ScenarioDraft.objects.create(
        key="OLD",
        title="旧",
        document='{"id":"OLD","title":"旧"}',
        content_hash="x",
        stored_at=now,
        edition=0,
    )
    save_part(draft=old, part=Part("head"), value={"title": "新"}, expected=0, by=None, now=now)
    assert list(old.editions.order_by("number").values_list("number", "document")) == [
        (1, '{"id":"OLD","title":"旧"}'),
        (2, '{"id":"OLD","title":"新"}'),
    ]


def test_a_new_scenario_needs_only_its_story(author: Person, now: datetime) -> None:
    draft = begin_draft(title="夜市", key="market", by=author, now=now)
    assert (draft.title, draft.edition, DraftEdition.objects.get().stored_by) == ("夜市", 1, author)
    document = json.loads(draft.document)
    for node in document["nodes"]:
        node["text"] = "写好了"
        for choice in node["choices"]:
            choice["text"] = "写好了"
    for ending in document["endings"]:
        ending["debrief"] = "写好了"
    assert parse(document).id == "market"


@pytest.mark.parametrize("key", ["", "夜市", "a b", "../x", "x" * 90])
def test_a_key_that_no_address_takes_is_refused(author: Person, now: datetime, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        begin_draft(title="夜市", key=key, by=author, now=now)
    assert refused.value.code == "key"


def test_a_key_is_given_once(author: Person, now: datetime) -> None:
    begin_draft(title="夜市", key="market", by=author, now=now)
    with pytest.raises(Refusal) as refused:
        begin_draft(title="早市", key="market", by=author, now=now)
    assert (refused.value.code, ScenarioDraft.objects.get().title) == ("taken", "夜市")


def test_the_start_is_judged_by_a_view_of_the_site() -> None:
    document = start_document(key="x", title="x")
    assert list(document["dims"].values()) == ["政策法规", "社会工作方法", "数字技术", "共情与心理疏导"]
