"""The record page, its forms, and who finds them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mentoring.models import Endorsement, Pairing, SessionLog
from mentoring.pairings import end_pairing
from mentoring.sessions import ask_change
from mentoring.terms import PairingResult, SessionStatus, Tier
from people.models import Person
from tests.factories import make_person
from tests.mentoring.factories import (
    WORDS,
    make_administrator,
    make_pairing,
    make_participant,
    make_session,
)

Login = Callable[[Person], Client]


@pytest.fixture
def administrator(db: Any) -> Person:
    return make_administrator()


@pytest.fixture
def pairing(administrator: Person) -> Pairing:
    """沈静文 leads 林小满."""
    mentor = make_participant(Tier.BACKBONE, capacity=8, name="沈静文")
    return make_pairing(mentor=mentor, mentee=make_participant(Tier.NEW, name="林小满"), by=administrator)


def url(name: str, *args: Any) -> str:
    return reverse(f"mentoring:{name}", args=args)


def meeting(**fields: Any) -> dict[str, Any]:
    return {
        "key": uuid.uuid4(),
        "held_on": "2026-09-10",
        "minutes": "90",
        "method": "on_site",
        "text": "一起走访三号楼二单元。",
        **fields,
    }


def text_of(response: Any) -> str:
    return response.content.decode()


@pytest.mark.postgres
@pytest.mark.parametrize("side", ["mentor", "mentee"])
def test_record_page_is_seen_by_both_sides(pairing: Pairing, login: Login, side: str) -> None:
    make_session(pairing)
    response = login(getattr(pairing, side)).get(url("pairing", pairing.agreement_no))
    page = text_of(response)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    for words in ("沈静文", "林小满", "入户先听后问", "证据不足", "一起走访三号楼二单元。", "双方已确认"):
        assert words in page
    assert ("写推荐" in page) is (side == "mentor")


def test_record_page_is_wholly_chinese(pairing: Pairing, login: Login) -> None:
    make_session(pairing, confirmed=False)
    page = text_of(login(pairing.mentee).get(url("pairing", pairing.agreement_no)))
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    for english in ("Session", "Goal", "Mentor", "Endorse", "minutes", "Written by"):
        assert f">{english}" not in main


def test_record_page_asks_only_the_other_side_to_confirm(pairing: Pairing, login: Login) -> None:
    session = make_session(pairing, confirmed=False)
    confirm = url("session_confirm", session.pk)
    pages = {
        side: text_of(login(getattr(pairing, side)).get(url("pairing", pairing.agreement_no)))
        for side in ("mentor", "mentee")
    }
    assert (confirm in pages["mentor"], confirm in pages["mentee"]) == (False, True)


def test_record_page_costs_the_same_for_one_session_and_for_three(
    pairing: Pairing, login: Login, django_assert_num_queries: Any
) -> None:
    client = login(pairing.mentor)
    for count in (1, 3):
        while pairing.sessions.count() < count:
            make_session(pairing)
        with django_assert_num_queries(9):
            client.get(url("pairing", pairing.agreement_no))


def test_names_and_words_with_markup_stay_text(administrator: Person, login: Login) -> None:
    mentee = make_participant(Tier.NEW, name="<b>林</b>")
    pairing = make_pairing(mentee=mentee, by=administrator)
    page = text_of(login(pairing.mentor).get(url("pairing", pairing.agreement_no)))
    assert "<b>林</b>" not in page
    assert "&lt;b&gt;林&lt;/b&gt;" in page


@pytest.mark.postgres
def test_mentor_writes_and_mentee_confirms(pairing: Pairing, login: Login) -> None:
    record = url("pairing", pairing.agreement_no)
    written = login(pairing.mentor).post(url("session_new", pairing.agreement_no), meeting())
    assert (written.status_code, written.headers["Location"]) == (302, record)
    session = SessionLog.objects.get()
    confirmed = login(pairing.mentee).post(url("session_confirm", session.pk))
    assert (confirmed.status_code, confirmed.headers["Location"]) == (302, record)
    session.refresh_from_db()
    assert session.status == SessionStatus.CONFIRMED


def test_session_form_submitted_twice_is_one_session(pairing: Pairing, login: Login) -> None:
    client, form = login(pairing.mentor), meeting()
    for _time in range(2):
        client.post(url("session_new", pairing.agreement_no), form)
    assert SessionLog.objects.count() == 1


def test_session_form_offers_a_fresh_key_and_today(pairing: Pairing, login: Login) -> None:
    client = login(pairing.mentor)
    forms = [client.get(url("session_new", pairing.agreement_no)).context["form"] for _time in range(2)]
    assert forms[0]["key"].value() != forms[1]["key"].value()
    assert forms[0]["held_on"].value() == timezone.localdate()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"held_on": "2999-01-01"}, "held_on"),
        ({"held_on": "昨天"}, "held_on"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "601"}, "minutes"),
        ({"method": "telepathy"}, "method"),
        ({"text": ""}, "text"),
        ({"key": "1"}, "key"),
    ],
)
def test_bad_session_form_says_what_is_wrong(
    pairing: Pairing, login: Login, fields: dict[str, str], field: str
) -> None:
    response = login(pairing.mentor).post(url("session_new", pairing.agreement_no), meeting(**fields))
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert SessionLog.objects.count() == 0


def test_session_form_takes_no_field_that_is_not_asked(pairing: Pairing, login: Login) -> None:
    """faults.md row 24: the writer and the state are never the form's to say."""
    form = meeting(
        status="confirmed", confirmed_at="2026-09-10", written_by=str(pairing.mentee_id), pairing="1"
    )
    login(pairing.mentor).post(url("session_new", pairing.agreement_no), form)
    session = SessionLog.objects.get()
    assert (session.status, session.confirmed_at) == (SessionStatus.WRITTEN, None)
    assert (session.written_by_id, session.pairing_id) == (pairing.mentor_id, pairing.pk)


def test_change_travels_back_and_forth(pairing: Pairing, login: Login) -> None:
    session = make_session(pairing, confirmed=False)
    login(pairing.mentee).post(url("session_change", session.pk), {"comment": "那天是八十分钟"})
    edit = url("session_edit", pairing.agreement_no, session.pk)
    mentor = login(pairing.mentor)
    page = text_of(mentor.get(edit))
    assert "那天是八十分钟" in page
    response = mentor.post(edit, meeting(minutes="80"))
    assert response.status_code == 302
    session.refresh_from_db()
    assert (session.minutes, session.status) == (80, SessionStatus.WRITTEN)


def test_change_without_words_is_refused_with_a_message(pairing: Pairing, login: Login) -> None:
    session = make_session(pairing, confirmed=False)
    response = login(pairing.mentee).post(url("session_change", session.pk), {"comment": " "}, follow=True)
    assert "请用不超过 500 字写明哪里需要改。" in text_of(response)


def judgements(pairing: Pairing, said: str = "reached") -> dict[str, str]:
    return {f"goal_{goal.pk}": said for goal in pairing.goals.all()}


@pytest.mark.postgres
def test_mentor_endorses_from_the_form(pairing: Pairing, login: Login) -> None:
    make_session(pairing)
    client = login(pairing.mentor)
    page = text_of(client.get(url("endorse", pairing.agreement_no)))
    assert "林小满目前的证据" in page
    response = client.post(
        url("endorse", pairing.agreement_no), {**judgements(pairing), "text": WORDS}, follow=True
    )
    assert response.redirect_chain == [(url("pairing", pairing.agreement_no), 302)]
    assert WORDS in text_of(response)
    assert Endorsement.objects.get().all_reached


def test_endorse_form_before_any_confirmed_session_says_why_not(pairing: Pairing, login: Login) -> None:
    client = login(pairing.mentor)
    page = text_of(client.get(url("endorse", pairing.agreement_no)))
    assert "至少要有 1 次双方确认的帮带记录" in page
    client.post(url("endorse", pairing.agreement_no), {**judgements(pairing), "text": WORDS})
    assert Endorsement.objects.count() == 0


@pytest.mark.parametrize("text", ["", "太短了"])
def test_endorse_form_with_too_few_words_is_refused(pairing: Pairing, login: Login, text: str) -> None:
    make_session(pairing)
    response = login(pairing.mentor).post(
        url("endorse", pairing.agreement_no), {**judgements(pairing), "text": text}
    )
    assert list(response.context["form"].errors) == ["text"]


def test_endorse_form_without_judgement_is_refused(pairing: Pairing, login: Login) -> None:
    make_session(pairing)
    response = login(pairing.mentor).post(
        url("endorse", pairing.agreement_no), {**judgements(pairing, "skip"), "text": WORDS}
    )
    assert response.context["form"].non_field_errors() == ["请至少对一项目标作出判断。"]


def test_endorse_form_ignores_a_goal_of_another_pairing(pairing: Pairing, login: Login) -> None:
    """faults.md row 22: a foreign child id under one's own parent."""
    make_session(pairing)
    foreign = make_pairing("QL-2026-777")
    login(pairing.mentor).post(url("endorse", pairing.agreement_no), {**judgements(foreign), "text": WORDS})
    assert Endorsement.objects.count() == 0


def addresses(pairing: Pairing, session: SessionLog) -> list[tuple[str, str]]:
    """Every address of a pairing, with the method that reads or writes it."""
    number = pairing.agreement_no
    return [
        ("get", url("pairing", number)),
        ("get", url("session_new", number)),
        ("post", url("session_new", number)),
        ("get", url("session_edit", number, session.pk)),
        ("post", url("session_edit", number, session.pk)),
        ("get", url("endorse", number)),
        ("post", url("endorse", number)),
        ("post", url("session_confirm", session.pk)),
        ("post", url("session_change", session.pk)),
    ]


@pytest.mark.parametrize("who", ["stranger", "other mentor", "administrator", "former mentor"])
def test_foreign_pairing_does_not_exist(
    pairing: Pairing, administrator: Person, login: Login, who: str, now: datetime
) -> None:
    """faults.md rows 21 and 23: every address × everyone who has no business there."""
    session = make_session(pairing, confirmed=False)
    ask_change(session=session, comment="那天是八十分钟", by=pairing.mentee, now=now)
    if who == "former mentor":
        end_pairing(pairing=pairing, result=PairingResult.DISSOLVED, by=administrator, now=timezone.now())
    person = {
        "stranger": lambda: make_person(),
        "other mentor": lambda: make_pairing("QL-2026-777").mentor,
        "administrator": lambda: administrator,
        "former mentor": lambda: pairing.mentor,
    }[who]()
    client = login(person)
    answers = {
        (method, address): getattr(client, method)(address, meeting(comment="改")).status_code
        for method, address in addresses(pairing, session)
    }
    assert answers == dict.fromkeys(addresses(pairing, session), 404)


def test_unknown_agreement_number_answers_like_a_foreign_one(pairing: Pairing, login: Login) -> None:
    client = login(make_person())
    foreign = client.get(url("pairing", pairing.agreement_no))
    unknown = client.get(url("pairing", "QL-0000-000"))
    assert (foreign.status_code, unknown.status_code) == (404, 404)


@pytest.mark.parametrize("method", ["get", "post"])
def test_session_of_another_pairing_under_ones_own_is_404(
    pairing: Pairing, login: Login, now: datetime, method: str
) -> None:
    """faults.md row 22: the same mentor, two mentees, the ids swapped."""
    other = make_pairing("QL-2026-777", mentor=pairing.mentor)
    session = make_session(other, confirmed=False)
    ask_change(session=session, comment="那天是八十分钟", by=other.mentee, now=now)
    client = login(pairing.mentor)
    own = url("session_edit", other.agreement_no, session.pk)
    swapped = url("session_edit", pairing.agreement_no, session.pk)
    assert client.get(own).status_code == 200
    assert getattr(client, method)(swapped, meeting(minutes="1")).status_code == 404
    session.refresh_from_db()
    assert session.minutes == 90


def test_mentee_has_no_endorse_page(pairing: Pairing, login: Login) -> None:
    make_session(pairing)
    client = login(pairing.mentee)
    address = url("endorse", pairing.agreement_no)
    form = {**judgements(pairing), "text": WORDS}
    assert (client.get(address).status_code, client.post(address, form).status_code) == (404, 404)
    assert Endorsement.objects.count() == 0


def test_former_mentee_keeps_reading_the_record(
    pairing: Pairing, administrator: Person, login: Login
) -> None:
    make_session(pairing)
    end_pairing(pairing=pairing, result=PairingResult.PASSED, by=administrator, now=timezone.now())
    client = login(pairing.mentee)
    page = text_of(client.get(url("pairing", pairing.agreement_no)))
    assert "结果：合格" in page
    assert client.get(url("session_new", pairing.agreement_no)).status_code == 404


def test_anonymous_reader_is_sent_to_the_login(pairing: Pairing, client: Client) -> None:
    session = make_session(pairing, confirmed=False, held_on=date(2026, 9, 10))
    for method, address in addresses(pairing, session):
        response = getattr(client, method)(address)
        assert (response.status_code, response.headers["Location"].split("?")[0]) == (
            302,
            reverse("account_login"),
        )


def test_confirmation_needs_a_post(pairing: Pairing, login: Login) -> None:
    session = make_session(pairing, confirmed=False)
    assert login(pairing.mentee).get(url("session_confirm", session.pk)).status_code == 405


@pytest.mark.parametrize(
    ("side", "confirmed", "step"),
    [
        ("mentor", None, "write"),
        ("mentor", False, "write"),
        ("mentor", True, "endorse"),
        ("mentee", False, "confirm"),
        ("mentee", True, "write"),
    ],
)
def test_record_page_asks_for_one_thing(
    pairing: Pairing, login: Login, side: str, confirmed: bool | None, step: str
) -> None:
    if confirmed is not None:
        make_session(pairing, confirmed=confirmed)
    page = login(getattr(pairing, side)).get(url("pairing", pairing.agreement_no))
    assert page.context["next_step"] == step
    assert text_of(page).count('class="button"') == 1
