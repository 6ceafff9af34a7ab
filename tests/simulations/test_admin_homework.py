"""Homework in the admin: read without a name, taken in or sent back by authors, never one's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from library.models import ListEntry
from people.grants import open_grant
from people.models import Person, Role
from people.roles import grant_role
from simulations.models import HomeworkStatus, ListHomework, Playthrough
from simulations.queries import state_of
from simulations.reviewing.forms import step_choices
from simulations.reviewing.homework import Words, submit_homework
from simulations.reviewing.margins import places_of
from simulations.scenarios import scenario_of
from tests.factories import make_organisation, make_person
from tests.simulations.conftest import WORST, play_path

pytestmark = pytest.mark.django_db
TYPED = {"key": "listen-first", "kind": "practice", "title": "先听", "text": "只听十分钟。", "accept": "1"}


@pytest.fixture
def author(db: Any) -> Person:
    """Somebody who may enter the admin and write there."""
    found = make_person("作者", roles=(Role.AUTHOR,))
    access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    Group.objects.get(name=Role.AUTHOR.value).permissions.add(access)
    return found


@pytest.fixture
def piece(run: Playthrough, now: datetime) -> ListHomework:
    run = play_path(run, WORST, now)
    return submit_homework(
        run=run, words=Words("practice", "先听地漏", "第一次上门，先听十分钟。", 3), by=run.person, now=now
    )


def test_author_takes_homework_into_the_list_with_words_of_their_own(
    piece: ListHomework, author: Person, login: Any
) -> None:
    client, url = login(author), reverse("scenarios:homework_piece", args=[piece.pk])
    page = client.get(url).content.decode()
    assert ("先听地漏" in page, piece.person.account.name in page) == (True, False)
    assert f'value="s1-{piece.pk.hex[:8]}"' in page
    assert client.post(url, {**TYPED, "key": "有空格 的"}).status_code == 422
    taken = ListEntry.objects.first()
    assert taken is not None
    assert client.post(url, {**TYPED, "key": taken.key}).status_code == 422
    assert client.post(url, TYPED).status_code == 302
    piece.refresh_from_db()
    entry = ListEntry.objects.get(key="listen-first")
    assert (piece.status, piece.entry, entry.title, piece.title) == (
        HomeworkStatus.ACCEPTED,
        entry,
        "先听",
        "先听地漏",
    )


def test_author_sends_homework_back_with_advice(piece: ListHomework, author: Person, login: Any) -> None:
    client, url = login(author), reverse("scenarios:homework_piece", args=[piece.pk])
    assert client.post(url, {"return": "1", "advice": ""}).status_code == 422
    assert client.post(url, {"return": "1", "advice": "什么时候用？"}).status_code == 302
    piece.refresh_from_db()
    assert (piece.status, piece.advice) == (HomeworkStatus.RETURNED, "什么时候用？")


def test_page_names_the_step_and_leads_to_the_run_whoever_may_see_it(
    piece: ListHomework, author: Person, login: Any, now: datetime
) -> None:
    client, url = login(author), reverse("scenarios:homework_piece", args=[piece.pk])
    run = f'href="{reverse("simulations:debrief", args=[piece.playthrough_id])}#step-3"'
    page = client.get(url).content.decode()
    assert (f"<dd>{_place(piece)}</dd>" in page, run in page) == (True, False)
    open_grant(viewer=author, subject=piece.person, kind="pairing", reason="QL-2026-001", now=now)
    assert run in client.get(url).content.decode()


def _place(piece: ListHomework) -> str:
    scenario = scenario_of(piece.playthrough.version)
    return dict(step_choices(places_of(scenario, state_of(piece.playthrough))))[3]


@pytest.mark.parametrize("count", [1, 3])
def test_index_shows_what_waits_in_the_same_queries(
    count: int, run: Playthrough, author: Person, login: Any, now: datetime, django_assert_num_queries: Any
) -> None:
    run = play_path(run, WORST, now)
    for number in range(count):
        submit_homework(
            run=run, words=Words("risk", f"第{number}条", "图上断头就停，先去实测。"), by=run.person, now=now
        )
    client, url = login(author), reverse("scenarios:homework")
    client.get(url)
    with django_assert_num_queries(11):
        page = client.get(url).content.decode()
    assert page.count("条</a>") == count


def test_ones_own_homework_and_people_without_the_role_find_nothing(
    piece: ListHomework, author: Person, login: Any, now: datetime
) -> None:
    page, index = reverse("scenarios:homework_piece", args=[piece.pk]), reverse("scenarios:homework")
    for url in (page, index):
        assert login(make_person()).get(url).status_code in (302, 403)
    grant_role(
        person=piece.person,
        role=Role.AUTHOR,
        organisation=make_organisation(),
        since_on=now.date(),
        by=None,
        now=now,
    )
    own = login(piece.person)
    assert own.get(page).status_code == 404
    assert own.post(page, TYPED).status_code == 404
    assert "先听地漏" not in own.get(index).content.decode()
