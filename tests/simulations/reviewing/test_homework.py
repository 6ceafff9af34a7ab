"""Homework for the four lists: handed in, returned with advice, taken in without a name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from library.models import ListEntry
from people.grants import open_grant
from people.models import Notice, Person, Role
from people.roles import grant_role
from simulations.models import HOMEWORK_TRANSITIONS, HomeworkStatus, ListHomework, Playthrough
from simulations.reviewing.homework import (
    Words,
    accept_homework,
    return_homework,
    revise_homework,
    submit_homework,
    take_back_homework,
)
from tests.factories import make_organisation, make_person
from tests.simulations.conftest import WORST, play_path

pytestmark = pytest.mark.django_db
TEXT = "图上断头就停，先去实测。"
WORDS = Words("practice", "先听地漏", "第一次上门，先看他指给你看的那件事。", 3)


@pytest.fixture
def finished(run: Playthrough, now: datetime) -> Playthrough:
    return play_path(run, WORST, now)


@pytest.fixture
def author(now: datetime) -> Person:
    found = make_person("作者")
    grant_role(
        person=found,
        role=Role.AUTHOR,
        organisation=make_organisation(),
        since_on=now.date(),
        by=None,
        now=now,
    )
    return found


@pytest.fixture
def mentor(finished: Playthrough, now: datetime) -> Person:
    found = make_person("周书记")
    open_grant(viewer=found, subject=finished.person, kind="pairing", reason="QL-2026-001", now=now)
    return found


@pytest.fixture
def piece(finished: Playthrough, mentor: Person, now: datetime) -> ListHomework:
    return submit_homework(run=finished, words=WORDS, by=finished.person, now=now)


def test_transitions_name_every_status() -> None:
    assert set(HOMEWORK_TRANSITIONS) == set(HomeworkStatus)


def test_homework_is_handed_in_once_and_the_mentor_hears_of_it(
    piece: ListHomework, finished: Playthrough, mentor: Person, now: datetime
) -> None:
    assert submit_homework(run=finished, words=WORDS, by=finished.person, now=now) == piece
    (notice,) = Notice.objects.filter(recipient=mentor)
    assert notice.url == reverse("simulations:homework", args=[piece.pk])
    (entry,) = AuditEntry.objects.filter(action="homework.submitted")
    assert entry.detail == {}


@pytest.mark.parametrize(
    "words",
    [
        Words("other", "标题", TEXT),
        Words("risk", " ", TEXT),
        Words("risk", "长" * 81, TEXT),
        Words("risk", "标题", "长" * 1_001),
        Words("risk", "标题", "长" * 9),
        Words("risk", "标题", f"  {'长' * 9}  "),
        Words("risk", "标题", TEXT, 7),
    ],
)
def test_words_that_will_not_do_are_refused(words: Words, finished: Playthrough, now: datetime) -> None:
    with pytest.raises(Refusal):
        submit_homework(run=finished, words=words, by=finished.person, now=now)


def test_homework_comes_from_ones_own_finished_run(run: Playthrough, person: Person, now: datetime) -> None:
    with pytest.raises(Refusal):
        submit_homework(run=run, words=Words("risk", "标题", TEXT), by=person, now=now)
    with pytest.raises(NotAllowed):
        submit_homework(run=run, words=Words("risk", "标题", TEXT), by=make_person(), now=now)


def test_twelve_pieces_are_enough(finished: Playthrough, now: datetime) -> None:
    for number in range(12):
        submit_homework(run=finished, words=Words("risk", f"第{number}", TEXT), by=finished.person, now=now)
    with pytest.raises(Refusal):
        submit_homework(run=finished, words=WORDS, by=finished.person, now=now)


def test_returned_homework_is_revised_and_taken_in_without_a_name(
    piece: ListHomework, mentor: Person, author: Person, now: datetime
) -> None:
    returned = return_homework(homework=piece, advice="什么时候用？", by=mentor, now=now)
    assert (returned.status, returned.decided_by) == (HomeworkStatus.RETURNED, mentor)
    better = Words("practice", "先听地漏", "第一次上门前十分钟，只听。", 3)
    again = revise_homework(homework=returned, words=better, by=piece.person, now=now)
    assert again.status == HomeworkStatus.SUBMITTED
    taken = accept_homework(homework=again, key="listen-to-the-drain", words=better, by=author, now=now)
    entry = ListEntry.objects.get(key="listen-to-the-drain")
    assert (taken.entry, entry.text, entry.source) == (entry, better.text, "推演《老楼新梯》学员作业")
    assert accept_homework(homework=taken, key="other", words=better, by=author, now=now) == taken
    assert (
        return_homework(homework=taken, advice="晚了", by=mentor, now=now).status == HomeworkStatus.ACCEPTED
    )
    told = Notice.objects.filter(recipient=piece.person, source_key__startswith="homework-answer")
    assert told.count() == 2 or told.count() == 1, "both answers of one second may be one notice"
    actions = AuditEntry.objects.filter(action__startswith="homework.").order_by("id")
    assert [entry.action for entry in actions] == [
        "homework.submitted",
        "homework.returned",
        "homework.revised",
        "homework.accepted",
    ]


def test_who_may_decide(piece: ListHomework, mentor: Person, author: Person, now: datetime) -> None:
    for who in (piece.person, make_person()):
        with pytest.raises(NotAllowed):
            return_homework(homework=piece, advice="x", by=who, now=now)
    for who in (piece.person, make_person(), mentor):
        with pytest.raises(NotAllowed):
            accept_homework(homework=piece, key="k", words=WORDS, by=who, now=now)
    with pytest.raises(Refusal):
        return_homework(homework=piece, advice=" ", by=mentor, now=now)
    taken = ListEntry.objects.first()
    assert taken is not None
    with pytest.raises(Refusal):
        accept_homework(homework=piece, key=taken.key, words=WORDS, by=author, now=now)
    piece.refresh_from_db()
    assert piece.status == HomeworkStatus.SUBMITTED


def test_pages_carry_homework_there_and_back(
    finished: Playthrough, mentor: Person, login: Any, now: datetime
) -> None:
    writer, reader = login(finished.person), login(mentor)
    new = reverse("simulations:homework_new", args=[finished.pk])
    assert "我想问" in writer.post(new, {"answer": "我想问"}).content.decode()
    assert not ListHomework.objects.exists()
    typed = {"kind": "risk", "title": "老图不可信", "text": "先实测，图上的不算数。", "step": "6"}
    assert writer.post(new, {**typed, "title": ""}).status_code == 422
    short = writer.post(new, {**typed, "text": "短"})
    assert (short.status_code, "至少写十个字" in short.content.decode()) == (422, True)
    sent = writer.post(new, {**typed, "status": "accepted", "person": str(mentor.pk)})
    piece = ListHomework.objects.get()
    assert (sent["Location"], piece.status, piece.person) == (
        reverse("simulations:homework", args=[piece.pk]),
        HomeworkStatus.SUBMITTED,
        finished.person,
    )
    back = reverse("simulations:homework_return", args=[piece.pk])
    assert reader.post(back, {"advice": ""}).status_code == 422
    assert reader.post(back, {"advice": "怎么发现？"}).status_code == 302
    page = writer.get(sent["Location"]).content.decode()
    assert "怎么发现？" in page
    assert writer.post(sent["Location"], {**typed, "text": "图上断头就停，先去实测。"}).status_code == 302
    piece.refresh_from_db()
    assert (piece.status, piece.text) == (HomeworkStatus.SUBMITTED, "图上断头就停，先去实测。")


def test_writer_changes_what_waits_and_the_mentor_is_not_told_twice(
    piece: ListHomework, mentor: Person, now: datetime
) -> None:
    better = Words("risk", "先听", TEXT, 2)
    for _twice in range(2):
        changed = revise_homework(homework=piece, words=better, by=piece.person, now=now)
    assert (changed.status, changed.kind, changed.title, changed.text, changed.step) == (
        HomeworkStatus.SUBMITTED,
        "risk",
        "先听",
        TEXT,
        2,
    )
    assert AuditEntry.objects.filter(action="homework.revised").count() == 1
    assert Notice.objects.filter(recipient=mentor).count() == 1
    with pytest.raises(NotAllowed):
        revise_homework(homework=piece, words=WORDS, by=mentor, now=now)


def test_what_was_taken_in_is_neither_changed_nor_taken_back(
    piece: ListHomework, author: Person, now: datetime
) -> None:
    accept_homework(homework=piece, key="listen-first", words=WORDS, by=author, now=now)
    better = Words("risk", "先听", TEXT)
    assert revise_homework(homework=piece, words=better, by=piece.person, now=now).title == WORDS.title
    assert take_back_homework(homework=piece, by=piece.person, now=now) is False
    assert ListHomework.objects.filter(pk=piece.pk).exists()


def test_writer_takes_back_what_waits(piece: ListHomework, mentor: Person, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        take_back_homework(homework=piece, by=mentor, now=now)
    for _twice in range(2):
        assert take_back_homework(homework=piece, by=piece.person, now=now) is True
    assert not ListHomework.objects.exists()
    assert AuditEntry.objects.filter(action="homework.taken_back").count() == 1
    assert Notice.objects.get(recipient=mentor).read_at == now


def test_page_says_who_reads_it_and_lets_its_writer_take_it_back(
    piece: ListHomework, mentor: Person, login: Any
) -> None:
    writer, reader = login(piece.person), login(mentor)
    url = reverse("simulations:homework", args=[piece.pk])
    back = reverse("simulations:homework_take_back", args=[piece.pk])
    own, theirs = (client.get(url).content.decode() for client in (writer, reader))
    assert ("其他编写人和管理员看不到" in own, back in own, back in theirs) == (True, True, False)
    assert writer.get(back).status_code == 405
    assert reader.post(back).status_code == 404
    assert ListHomework.objects.exists()
    assert writer.post(back)["Location"] == reverse("simulations:debrief", args=[piece.playthrough_id])
    assert not ListHomework.objects.exists()


def test_strangers_find_no_homework(piece: ListHomework, finished: Playthrough, login: Any) -> None:
    stranger = login(make_person())
    for name, target in (("homework", piece.pk), ("homework_new", finished.pk)):
        assert stranger.get(reverse(f"simulations:{name}", args=[target])).status_code == 404
    back = reverse("simulations:homework_return", args=[piece.pk])
    assert stranger.post(back, {"advice": "x"}).status_code == 404
    assert login(finished.person).post(back, {"advice": "x"}).status_code == 404
