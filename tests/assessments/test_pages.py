"""The candidate's pages and the autosave: whole without JavaScript, closed to others, silent about the key."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from assessments.attempts import submit_attempt
from assessments.models import Answer, Attempt, AttemptStatus
from assessments.sittings.tokens import attempt_token
from people.models import Person, Role
from tests.assessments.making import (
    TYPES,
    make_attempt,
    make_exam,
    make_question,
    make_submitted,
    question_item,
    save,
)
from tests.factories import make_person

pytestmark = pytest.mark.django_db

CANARY = "金丝雀机密"
JSON = "application/json"


@pytest.fixture
def at(now: datetime) -> datetime:
    """The real moment: views read the host's clock."""
    return timezone.now()


def autosave(client: Client, attempt: Attempt, token: str | None = None, **data: Any) -> Any:
    body = {"slot": 1, "sequence": 1, "response": ["o1"], **data}
    headers = {"X-Attempt-Token": attempt_token(attempt) if token is None else token}
    return client.post(f"/exams/attempt/{attempt.pk}/save/", body, content_type=JSON, headers=headers)


def post_answer(client: Client, attempt: Attempt, **data: Any) -> Any:
    return client.post(f"/exams/attempt/{attempt.pk}/save/", {"slot": 1, "sequence": 1, **data})


def stored(attempt: Attempt, slot: int = 1) -> Any:
    return attempt.answers.get(slot=slot).response


@pytest.mark.postgres
def test_exam_list_says_where_the_person_stands(person: Person, at: datetime, login: Any) -> None:
    for key in ("a", "b", "c", "d"):
        make_exam(key, types=("short_answer",) if key == "c" else ("single",))
    make_submitted(person, "b", now=at)
    make_submitted(person, "c", now=at)
    make_attempt(person, "d", now=at)
    cards = login(person).get("/exams/").context["cards"]
    assert [(card.version.key, card.state_text) for card in cards] == [
        ("a", "还没考过"),
        ("b", "通过"),
        ("c", "待评阅"),
        ("d", "进行中"),
    ]


def test_exam_list_takes_the_same_queries_at_one_and_at_three_exams(
    person: Person, at: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    client = login(person)
    make_exam("a")
    make_submitted(person, "a", now=at)
    client.get("/exams/")
    with django_assert_num_queries(10):
        client.get("/exams/")
    for key in ("b", "c"):
        make_exam(key)
        make_submitted(person, key, now=at)
    with django_assert_num_queries(10):
        client.get("/exams/")


def test_sitting_page_takes_the_same_queries_at_one_and_at_three_questions(
    person: Person, at: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    client = login(person)
    for key, types in (("a", ("single",)), ("b", ("single", "multiple", "ordering"))):
        make_exam(key, types=types)
        attempt = make_attempt(person, key, now=at)
        client.get(f"/exams/attempt/{attempt.pk}/")
        with django_assert_num_queries(12):
            client.get(f"/exams/attempt/{attempt.pk}/")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_autosave_takes_two_queries_whatever_cookies_come_with_it(
    person: Person, at: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    """With its line in the journal and everything counted, outside any transaction of the test's."""
    make_exam()
    attempt = make_attempt(person, now=at)
    with django_assert_num_queries(2):
        assert autosave(Client(), attempt, sequence=1).status_code == 200
    client = login(person)
    with django_assert_num_queries(2):
        assert autosave(client, attempt, sequence=2).status_code == 200


def test_start_leads_to_the_sitting_and_again_to_the_same(person: Person, login: Any) -> None:
    make_exam()
    client = login(person)
    first, again = client.post("/exams/base/start/"), client.post("/exams/base/start/")
    attempt = Attempt.objects.get()
    assert first.url == again.url == f"/exams/attempt/{attempt.pk}/"


def test_start_of_nothing_is_not_found_and_a_refusal_is_said_on_the_exam_page(
    person: Person, at: datetime, login: Any
) -> None:
    make_exam(types=("short_answer",))
    make_submitted(person, now=at)
    client = login(person)
    assert client.post("/exams/none/start/").status_code == 404
    response = client.post("/exams/base/start/", follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "你上一份试卷还在评阅，成绩出来后可以再考。"
    ]


@pytest.mark.postgres
@pytest.mark.parametrize("type", list(TYPES))
def test_plain_form_saves_every_type_and_shows_it_again(
    type: str, person: Person, at: datetime, login: Any
) -> None:
    """Without JavaScript: what the page's own inputs post is stored, and filled in when the page comes back."""
    make_exam(types=(type, "single"))
    attempt = make_attempt(person, now=at)
    right = TYPES[type][2]
    posted = (
        {f"answer.{part}": value for part, value in right.items()}
        if isinstance(right, dict)
        else {"answer": right}
    )
    client = login(person)
    response = post_answer(client, attempt, go="2", flag="on", **posted)
    assert (response.status_code, response.url) == (302, f"/exams/attempt/{attempt.pk}/?q=2")
    answer = attempt.answers.get(slot=1)
    assert (answer.sequence, answer.flagged) == (1, True)
    sitting = client.get(f"/exams/attempt/{attempt.pk}/?q=1").context["sitting"]
    assert (sitting.overview.answered, sitting.next_sequence, sitting.flagged) == (1, 2, True)
    submitted = submit_attempt(attempt_id=attempt.pk, by=person, now=timezone.now())
    line = submitted.results.get().items[0]
    assert (line["points"], line["needs_marking"]) == (
        ("0", True) if "rubric" in TYPES[type][1]["rule"] else ("2", False)
    )


def test_page_reopened_in_another_browser_is_the_same_paper_with_the_answers(
    person: Person, at: datetime, login: Any
) -> None:
    """Row 11."""
    make_exam(types=("single", "multiple", "ordering"), shuffle=True)
    attempt = make_attempt(person, now=at, answered=True)
    url = f"/exams/attempt/{attempt.pk}/?q="
    papers = [
        [login(person).get(url + str(slot)).context["sitting"].item for slot in (1, 2, 3)]
        for _try in range(2)
    ]
    assert papers[0] == papers[1]
    assert Attempt.objects.count() == 1


def test_plain_form_with_an_incomplete_order_says_so_and_keeps_what_was_chosen(
    person: Person, at: datetime, login: Any
) -> None:
    make_exam(types=("ordering",))
    attempt = make_attempt(person, now=at)
    response = post_answer(login(person), attempt, **{"answer.o1": "1", "answer.o2": "1", "answer.o3": ""})
    assert response.status_code == 422
    assert response.context["problem"] == "每一步都要有自己的位置，不能重复。"
    chosen = [
        [option.id for option in row.options if option.chosen]
        for row in response.context["sitting"].item.form.rows
    ]
    assert sorted(chosen) == [[], ["1"], ["1"]]
    assert stored(attempt) is None


@pytest.mark.parametrize("raw", [{"answer": "x"}, {"answer.zz": "1"}, {"answer.o1": "x"}])
def test_plain_form_with_nonsense_is_refused_without_a_crash(
    raw: dict[str, str], person: Person, at: datetime, login: Any
) -> None:
    for type in TYPES:
        if type in {"short_answer"} and "answer" in raw:
            continue
        make_exam(type, types=(type,))
        attempt = make_attempt(person, type, now=at)
        assert post_answer(login(person), attempt, **raw).status_code == 422
        assert stored(attempt) is None


def test_plain_form_from_a_stale_page_is_told_and_changes_nothing(
    person: Person, at: datetime, login: Any
) -> None:
    make_exam()
    attempt = make_attempt(person, now=at)
    save(attempt, 1, ["o2"], sequence=5, now=at)
    response = login(person).post(
        f"/exams/attempt/{attempt.pk}/save/", {"slot": 1, "sequence": 4, "answer": "o1"}, follow=True
    )
    assert [str(message) for message in response.context["messages"]] == [
        "这道题在别的窗口里保存了更新的答案。请刷新页面查看。"
    ]
    assert stored(attempt) == "o2"


def test_plain_form_needs_its_csrf_token_and_a_login(person: Person, at: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=at)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    assert post_answer(strict, attempt, answer="o1").status_code == 403
    anonymous = post_answer(Client(), attempt, answer="o1")
    assert (anonymous.status_code, anonymous.url.split("?")[0]) == (302, "/accounts/login/")
    assert stored(attempt) is None


def test_form_of_a_page_whose_session_has_ended_is_still_taken(person: Person, at: datetime) -> None:
    """faults.md row 28: the answer is stored, and the login that follows leads back to the next question."""
    make_exam(types=("single", "single"))
    attempt = make_attempt(person, now=at)
    idle = Client(enforce_csrf_checks=True)
    response = post_answer(idle, attempt, answer="o1", go="2", token=attempt_token(attempt))
    assert (response.status_code, response.url) == (302, f"/exams/attempt/{attempt.pk}/?q=2")
    door = idle.get(response.url)
    assert door.url == f"/accounts/login/?next=/exams/attempt/{attempt.pk}/%3Fq%3D2"
    assert stored(attempt) == "o1"


def test_form_with_anothers_token_is_refused(person: Person, at: datetime) -> None:
    make_exam()
    attempt, foreign = make_attempt(person, now=at), make_attempt(make_person(), now=at)
    response = post_answer(Client(), attempt, answer="o1", token=attempt_token(foreign))
    assert response.url.split("?")[0] == "/accounts/login/"
    assert stored(attempt) is None


def test_autosave_needs_neither_session_nor_csrf(person: Person, at: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=at)
    response = autosave(Client(enforce_csrf_checks=True), attempt, sequence=7)
    assert response.status_code == 200
    answer = attempt.answers.get(slot=1)
    assert response.json() == {
        "saved_at": answer.saved_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "sequence": 7,
        "entry": 1,
        "receipt": attempt.entries.get().hash[:16],
    }
    assert (answer.response, response["Cache-Control"]) == ("o1", "private, no-store")


def test_autosave_with_a_forged_token_or_one_of_another_attempt_is_refused(
    person: Person, at: datetime
) -> None:
    """Rows 21 and 22."""
    make_exam()
    make_exam("other")
    attempt, mine = make_attempt(make_person(), now=at), make_attempt(person, now=at)
    other = make_attempt(person, "other", now=at)
    for target, token in (
        (attempt, attempt_token(mine)),
        (mine, attempt_token(other)),
        (mine, "x"),
        (mine, "a:b:c"),
    ):
        response = autosave(Client(), target, token)
        assert (response.status_code, response.json()["error"]) == (403, "token")
    assert Answer.objects.filter(response__isnull=False).count() == 0


def test_autosave_of_a_slot_beyond_the_paper_is_not_found(person: Person, at: datetime) -> None:
    """Row 22."""
    make_exam()
    response = autosave(Client(), make_attempt(person, now=at), slot=3)
    assert (response.status_code, response.json()["error"]) == (404, "not_found")


@pytest.mark.parametrize(
    "data",
    [
        {"slot": "1"},
        {"slot": 0},
        {"slot": True},
        {"sequence": None},
        {"sequence": 0},
        {"sequence": 2**60},
        {"sequence": 1.5},
        {"flagged": "yes"},
        {"response": ["o9"]},
        {"response": {"o1": "1"}},
        {"response": 5},
        {"response": ["o1", "o2"]},
    ],
)
def test_autosave_that_makes_no_sense_is_unprocessable(
    data: dict[str, Any], person: Person, at: datetime
) -> None:
    make_exam()
    attempt = make_attempt(person, now=at)
    response = autosave(Client(), attempt, **data)
    assert response.status_code == 422
    assert set(response.json()) == {"error", "message"}
    assert stored(attempt) is None


@pytest.mark.parametrize("body", ["", "[]", "{", "null", "\x00", '{"slot": 1}'])
def test_autosave_that_is_no_object_is_unprocessable(body: str, person: Person, at: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=at)
    response = Client().post(
        f"/exams/attempt/{attempt.pk}/save/",
        body,
        content_type=JSON,
        headers={"X-Attempt-Token": attempt_token(attempt)},
    )
    assert (response.status_code, response.json()["error"]) == (422, "malformed")


def test_autosave_with_an_old_sequence_is_a_conflict_and_with_a_used_one_unprocessable(
    person: Person, at: datetime
) -> None:
    """Row 2: the same number with another content has no effect."""
    make_exam()
    attempt = make_attempt(person, now=at)
    autosave(Client(), attempt, sequence=5)
    stale = autosave(Client(), attempt, sequence=4, response=["o2"])
    assert (stale.status_code, stale.json()["error"]) == (409, "superseded")
    reused = autosave(Client(), attempt, sequence=5, response=["o2"])
    assert (reused.status_code, reused.json()["error"]) == (422, "sequence_reused")
    assert (stored(attempt), attempt.entries.count()) == ("o1", 1)


def test_autosave_after_handing_in_is_kept_for_a_person(person: Person, at: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=at)
    autosave(Client(), attempt, sequence=5)
    submit_attempt(attempt_id=attempt.pk, by=person, now=timezone.now())
    for _time in range(2):
        late = autosave(Client(), attempt, sequence=6, response=["o2"])
        assert (late.status_code, late.json()) == (
            202,
            {"held": "late", "message": "这个答案在考试结束后才到，已随试卷保存，是否计分由老师决定。"},
        )
    assert (stored(attempt), attempt.held_answers.get().response) == ("o1", "o2")
    assert autosave(Client(), attempt, sequence=7, response=["o1"]).status_code == 200


@pytest.mark.parametrize("skew", [timedelta(days=-1), timedelta(days=1)])
def test_client_time_decides_nothing(skew: timedelta, person: Person, at: datetime) -> None:
    """Row 7: the server's receipt does; what the page's clock said is only kept."""
    make_exam()
    said = at + skew
    forged = {
        "at": said.isoformat(),
        "saved_at": "2020-01-01",
        "now": "2020-01-01",
        "deadline_at": "2099-01-01",
    }
    over, running = make_attempt(person, now=at - timedelta(minutes=30)), make_attempt(make_person(), now=at)
    response = autosave(Client(), over, **forged)
    assert (response.status_code, response.json()["held"]) == (202, "late")
    held = over.held_answers.get()
    assert (held.said_at, held.received_at >= at) == (said, True)
    assert autosave(Client(), running, **forged).status_code == 200
    assert abs(running.answers.get(slot=1).saved_at - at) < timedelta(minutes=1)


def test_fields_that_are_not_the_candidates_are_ignored(person: Person, at: datetime, login: Any) -> None:
    """Row 24."""
    make_exam()
    attempt, stranger = make_attempt(person, now=at), make_person()
    extra = {
        "score": "100",
        "points": "100",
        "status": "complete",
        "person": str(stranger.pk),
        "attempt_id": str(uuid4()),
        "deadline_at": "2099-01-01",
        "item": 999,
    }
    autosave(Client(), attempt, **extra)
    client = login(person)
    post_answer(client, attempt, answer="o1", **{**extra, "sequence": 2})
    client.post("/exams/base/start/", extra)
    before = (attempt.person_id, attempt.status, attempt.deadline_at)
    attempt.refresh_from_db()
    assert (attempt.person_id, attempt.status, attempt.deadline_at) == before
    client.post(f"/exams/attempt/{attempt.pk}/submit/", extra)
    assert attempt.results.get().points == 0


@pytest.mark.parametrize("page", ["", "submit/", "result/"])
def test_foreign_attempt_is_not_found(page: str, person: Person, at: datetime, login: Any) -> None:
    """Row 21: for everybody else, whatever their role."""
    make_exam()
    attempt = make_attempt(person, now=at)
    url = f"/exams/attempt/{attempt.pk}/{page}"
    for stranger in (make_person(), *(make_person(roles=(role,)) for role in Role)):
        assert login(stranger).get(url).status_code == 404
    assert login(make_person()).get(f"/exams/attempt/{uuid4()}/{page}").status_code == 404
    assert Client().get(url).status_code == 302


def test_foreign_attempt_takes_no_post(person: Person, at: datetime, login: Any) -> None:
    """Row 21."""
    make_exam()
    attempt, stranger = make_attempt(person, now=at), login(make_person())
    assert post_answer(stranger, attempt, answer="o1").status_code == 404
    assert stranger.post(f"/exams/attempt/{attempt.pk}/submit/").status_code == 404
    attempt.refresh_from_db()
    assert (attempt.status, stored(attempt)) == (AttemptStatus.OPEN, None)


@pytest.mark.parametrize("slot", ["0", "3", "99", "x", "-1", "²"])
def test_page_beyond_the_paper_is_not_found(slot: str, person: Person, at: datetime, login: Any) -> None:
    """Row 22."""
    make_exam()
    attempt = make_attempt(person, now=at)
    assert login(person).get(f"/exams/attempt/{attempt.pk}/?q={slot}").status_code == 404


def test_sitting_page_opens_at_the_first_unanswered_question(
    person: Person, at: datetime, login: Any
) -> None:
    make_exam(types=("single",) * 3)
    attempt = make_attempt(person, now=at)
    save(attempt, 1, ["o1"], sequence=1, now=at)
    assert login(person).get(f"/exams/attempt/{attempt.pk}/").context["sitting"].slot == 2


def test_submit_page_lists_what_is_not_answered(person: Person, at: datetime, login: Any) -> None:
    make_exam(types=("single",) * 3)
    attempt = make_attempt(person, now=at)
    save(attempt, 2, ["o1"], sequence=1, now=at, flagged=True)
    overview = login(person).get(f"/exams/attempt/{attempt.pk}/submit/").context["overview"]
    assert [each.slot for each in overview.unanswered] == [1, 3]
    assert [each.slot for each in overview.flagged] == [2]


def test_token_opens_no_other_address_and_reads_nothing(person: Person, at: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=at)
    headers = {"X-Attempt-Token": attempt_token(attempt)}
    place = f"/exams/attempt/{attempt.pk}/"
    assert Client().get(f"{place}save/", headers=headers).status_code == 405
    for address in (place, f"{place}submit/", f"{place}result/", "/me/"):
        assert Client().get(address, headers=headers).url.startswith("/accounts/login/")
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"{place}submit/", headers=headers).status_code == 403


@pytest.mark.postgres
def test_submit_leads_to_the_result_and_again_to_the_same(person: Person, at: datetime, login: Any) -> None:
    make_exam()
    attempt = make_attempt(person, now=at, answered=True)
    client = login(person)
    replies = [client.post(f"/exams/attempt/{attempt.pk}/submit/") for _click in range(2)]
    assert {(reply.status_code, reply.url) for reply in replies} == {
        (302, f"/exams/attempt/{attempt.pk}/result/")
    }
    assert attempt.results.count() == 1
    assert client.get(f"/exams/attempt/{attempt.pk}/").url == f"/exams/attempt/{attempt.pk}/result/"


def test_page_opened_after_the_deadline_hands_in(person: Person, at: datetime, login: Any) -> None:
    make_exam()
    attempt = make_attempt(person, now=at - timedelta(minutes=30))
    response = login(person).get(f"/exams/attempt/{attempt.pk}/")
    assert response.url == f"/exams/attempt/{attempt.pk}/result/"
    attempt.refresh_from_db()
    assert (attempt.status, attempt.submitted_at) == (AttemptStatus.COMPLETE, attempt.deadline_at)


def make_canary_exam() -> None:
    """An exam whose keys, explanations and rubrics all carry the canary."""
    secrets = {"explanation": CANARY + "解析"}
    for type, (_body, answer, _right) in TYPES.items():
        hidden = dict(answer)
        if answer["rule"] == "rubric":
            criteria = [{**each, "text": CANARY + each["text"]} for each in answer["criteria"]]
            hidden = {**answer, "criteria": criteria, "sample": CANARY + "范文", "penalty": CANARY + "扣分"}
        make_question(f"canary-{type}", type, answer=hidden, **secrets)
    questions = [{"key": f"canary-{type}", "points": 2} for type in TYPES]
    make_exam("canary", types=(), questions=questions)


def test_no_page_or_reply_gives_the_key_away_before_the_result_is_complete(
    person: Person, at: datetime, login: Any
) -> None:
    """Row 18: every candidate page and every kind of autosave reply, searched for the canary and for the raw keys."""
    cache.clear()
    make_canary_exam()
    attempt = make_attempt(person, "canary", now=at)
    client = login(person)
    root, total = f"/exams/attempt/{attempt.pk}/", len(TYPES)
    seen = [client.get("/exams/"), client.get("/exams/canary/"), client.get(f"{root}submit/")]
    seen += [client.get(f"{root}?q={slot}") for slot in range(1, total + 1)]
    attempt.refresh_from_db()  # the newest window writes
    seen += [autosave(client, attempt, slot=slot, sequence=9, response=["?"]) for slot in range(1, total + 2)]
    seen += [autosave(client, attempt, slot=1, sequence=10), autosave(client, attempt, slot=1, sequence=9)]
    for answer in attempt.answers.select_related("item__question_version"):
        right = TYPES[answer.item.question_version.type][2]
        seen.append(autosave(client, attempt, slot=answer.slot, sequence=20, response=right))
    seen += [post_answer(client, attempt, sequence=30, **{"answer.zz": "1"})]
    seen += [client.post(f"{root}submit/", follow=True), client.get(f"{root}result/")]
    seen += [autosave(client, attempt, slot=1, sequence=40, response=["o3"]), client.get("/exams/canary/")]
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.MARKING
    for response in seen:
        body = response.content.decode()
        for secret in (
            CANARY,
            "social_worker_exam",
            "adjacent_pair",
            "&quot;correct&quot;",
            '"correct"',
            '"pairs"',
        ):
            assert secret not in body, response.request["PATH_INFO"]


def test_result_shows_key_and_explanation_once_passed(person: Person, at: datetime, login: Any) -> None:
    make_question("Q1", explanation=CANARY)
    make_exam("base", types=(), questions=[{"key": "Q1", "points": 2}])
    attempt = make_submitted(person, now=at)
    page = login(person).get(f"/exams/attempt/{attempt.pk}/result/")
    assert page.context["report"].shows_key is True
    assert CANARY in page.content.decode()


def test_blank_paper_does_not_buy_the_keys(person: Person, at: datetime, login: Any) -> None:
    make_question("Q1", explanation=CANARY)
    make_exam("base", types=(), questions=[{"key": "Q1", "points": 2}])
    attempt = submit_attempt(attempt_id=make_attempt(person, now=at).pk, by=person, now=at)
    page = login(person).get(f"/exams/attempt/{attempt.pk}/result/")
    assert page.context["report"].shows_key is False
    assert CANARY not in page.content.decode()


def test_failed_paper_shows_the_keys_when_no_attempt_is_left(
    person: Person, at: datetime, login: Any
) -> None:
    make_question("Q1", explanation=CANARY)
    make_exam("base", types=(), questions=[{"key": "Q1", "points": 2}], max_attempts=1)
    attempt = submit_attempt(attempt_id=make_attempt(person, now=at).pk, by=person, now=at)
    page = login(person).get(f"/exams/attempt/{attempt.pk}/result/")
    assert page.context["report"].shows_key is True


def test_result_shows_options_under_the_labels_its_explanation_cites(
    person: Person, at: datetime, login: Any
) -> None:
    answer = {"rule": "exact", "correct": "o2", "explanation_cites_options": True}
    make_question("Q1", answer=answer, explanation="选B")
    make_exam("base", types=(), questions=[{"key": "Q1", "points": 2}])
    attempt = make_submitted(person, now=at)
    line = login(person).get(f"/exams/attempt/{attempt.pk}/result/").context["report"].lines[0]
    label = next(label for label, text in line.shown if text == "乙")
    assert line.key.explanation == f"选{label}"


def test_result_names_the_pick_by_letter_and_says_what_it_earned(
    person: Person, at: datetime, login: Any
) -> None:
    make_exam("base", types=("true_false",), max_attempts=1)
    attempt = make_attempt(person, now=at)
    save(attempt, 1, ["true"], sequence=1, now=at)
    submit_attempt(attempt_id=attempt.pk, by=person, now=at)
    page = login(person).get(f"/exams/attempt/{attempt.pk}/result/")
    line = page.context["report"].lines[0]
    assert (line.picked, line.response, line.key.right) == (True, "A 正确", ("B 错误",))
    assert [text in page.content.decode() for text in ("你选的是", "不得分", "你的作答")] == [
        True,
        True,
        False,
    ]


def test_result_hides_the_key_while_the_exam_is_sat_again(person: Person, at: datetime, login: Any) -> None:
    """Row 18: the last paper's key is the next paper's."""
    make_question("Q1", explanation=CANARY)
    make_exam("base", types=(), questions=[{"key": "Q1", "points": 2}])
    attempt = make_submitted(person, now=at)
    make_attempt(person, now=at)
    page = login(person).get(f"/exams/attempt/{attempt.pk}/result/")
    assert CANARY not in page.content.decode()
    assert page.context["report"].lines[0].points == "2"


def test_text_of_candidates_and_authors_is_shown_as_text(person: Person, at: datetime, login: Any) -> None:
    evil = "<script>alert(1)</script>"
    item = question_item("Q1", "short_answer")
    make_question("Q1", "short_answer", body={**item["body"], "stem": evil})
    make_exam("base", types=(), questions=[{"key": "Q1", "points": 2}])
    attempt = make_attempt(person, now=at)
    save(attempt, 1, [evil], sequence=1, now=at)
    client = login(person)
    pages = [
        client.get(f"/exams/attempt/{attempt.pk}/"),
        client.post(f"/exams/attempt/{attempt.pk}/submit/", follow=True),
    ]
    assert [page.content.decode().count(evil) for page in pages] == [0, 0]


def test_pages_carry_no_inline_script_or_style(person: Person, at: datetime, login: Any) -> None:
    make_exam()
    attempt = make_attempt(person, now=at)
    for url in (
        "/exams/",
        "/exams/base/",
        f"/exams/attempt/{attempt.pk}/",
        f"/exams/attempt/{attempt.pk}/submit/",
    ):
        page = login(person).get(url).content.decode()
        assert (" style=" in page, "<style" in page, " onclick=" in page, "<script>" in page) == (False,) * 4


def test_json_of_an_autosave_is_stored_as_the_form_would_store_it(person: Person, at: datetime) -> None:
    make_exam(types=("matching",))
    attempt = make_attempt(person, now=at)
    autosave(Client(), attempt, response={"l1": "r1", "l2": ""})
    assert json.dumps(stored(attempt)) == '{"l1": "r1"}'
