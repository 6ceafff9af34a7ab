"""The marker's pages: a queue by question, one script after another, nothing typed is lost, nobody is named."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from assessments.marking.anchors import choose_anchor
from assessments.marking.leasing import take_scripts
from assessments.marking.phrases import store_phrase
from assessments.marking.plans import PlanTerms, set_plan
from assessments.marking.undoing import undo_mark
from assessments.models import (
    AnchorMark,
    Attempt,
    AttemptStatus,
    Mark,
    MarkingLease,
    MarkingPhrase,
    MarkRound,
)
from people.grants import open_grant
from people.models import Person, Role
from tests.assessments.making import make_exam, make_submitted
from tests.assessments.marking.scripts import TWICE, answer_of, item_of, make_marker, make_written, mark
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
QUEUE_QUERIES, QUESTION_QUERIES, SCRIPT_QUERIES = 16, 20, 13
GIVEN = {"criterion-c1": "1.5", "penalty": "0", "comment": "再具体些", "save": "1"}


@pytest.fixture
def marker(db: Any) -> Person:
    return make_marker()


@pytest.fixture
def now() -> datetime:
    """Pages look at the clock themselves."""
    return timezone.now()


def url(attempt: Attempt, slot: int = 1) -> str:
    return f"/exams/marking/{attempt.pk}/{slot}/"


def desk_url(attempt: Attempt) -> str:
    return f"/exams/marking/{item_of(attempt).pk}/"


def take(marker: Person, attempt: Attempt, count: int | None = None) -> list[Attempt]:
    """Scripts of this question in the marker's hand, in their order."""
    taken = take_scripts(marker=marker, item=item_of(attempt), now=timezone.now(), count=count)
    return [lease.answer.attempt for lease in taken]


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# the queue


def test_queue_is_for_examiners(login: Any) -> None:
    assert login(make_person()).get("/exams/marking/").status_code == 403


def test_queue_says_what_waits_what_is_in_hand_and_how_far_it_is(
    marker: Person, now: datetime, login: Any
) -> None:
    papers = make_written(3, now=now)
    mark(papers[0], make_marker(), now)
    take(marker, papers[1], 1)
    (line,) = login(marker).get("/exams/marking/").context["lines"]
    assert (line.load.waiting, line.load.in_hand, line.done, line.all) == (2, 1, 1, 3)
    lease = MarkingLease.objects.get(marker=marker)
    assert (line.lapses_at, line.rounds, line.anchors) == (lease.expires_at, (), 0)


def test_queue_names_the_rounds_of_an_exam_that_is_marked_twice(
    marker: Person, now: datetime, login: Any
) -> None:
    papers = make_written(3, now=now, **TWICE)
    one, two = make_marker(), make_marker()
    mark(papers[0], one, now, "2")
    mark(papers[1], one, now, "2")
    mark(papers[1], two, now, "0")
    (line,) = login(marker).get("/exams/marking/").context["lines"]
    assert line.rounds == (("一评", 1), ("二评", 1), ("仲裁（三评）", 1))
    assert (line.done, line.all) == (0, 3)


def test_queue_shows_quota_and_deadline(marker: Person, now: datetime, login: Any) -> None:
    make_written(2, now=now)
    chief = make_person(roles=(Role.ADMINISTRATOR,))
    due_at = now + timedelta(days=3)
    set_plan(exam_key="base", terms=PlanTerms(quota=7, due_at=due_at), by=chief, now=now)
    page = login(marker).get("/exams/marking/")
    (line,) = page.context["lines"]
    assert (line.load.left, line.load.due_at) == (7, due_at)
    assert "7" in text_of(page)


def test_queue_takes_the_same_queries_at_one_and_at_three_questions(
    marker: Person, now: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    make_written(1, now=now)
    client = login(marker)
    client.get("/exams/marking/")
    with django_assert_num_queries(QUEUE_QUERIES):
        client.get("/exams/marking/")
    for key in ("second", "third"):
        make_written(2, now=now, key=key)
    with django_assert_num_queries(QUEUE_QUERIES):
        client.get("/exams/marking/")


def test_queue_is_empty_without_papers(marker: Person, login: Any) -> None:
    assert "没有待阅试卷" in text_of(login(marker).get("/exams/marking/"))


# a question


def test_taking_leads_to_the_first_script_and_twice_takes_no_more(
    marker: Person, now: datetime, login: Any
) -> None:
    papers = make_written(3, now=now)
    client = login(marker)
    first = [client.post(desk_url(papers[0]), {"take": "1"}).url for _click in range(2)]
    lease = MarkingLease.objects.order_by("taken_at", "pk").select_related("answer__attempt").first()
    assert lease is not None
    assert first == [url(lease.answer.attempt)] * 2
    assert MarkingLease.objects.filter(marker=marker).count() == 3


def test_question_of_nobody_one_marks_is_not_found(now: datetime, login: Any) -> None:
    (paper,) = make_written(now=now)
    elsewhere = make_marker(organisation=make_organisation("ELSE"))
    for client in (login(elsewhere), login(make_person()), login(paper.person)):
        assert client.get(desk_url(paper)).status_code == 404
        assert client.post(desk_url(paper), {"take": "1"}).status_code == 404


def test_all_in_hand_is_given_back(marker: Person, now: datetime, login: Any) -> None:
    papers = make_written(2, now=now)
    take(marker, papers[0])
    page = login(marker).post(desk_url(papers[0]), {"give_back": "1"}, follow=True)
    assert MarkingLease.objects.count() == 0
    assert "已退回 2 份" in text_of(page)


def test_question_page_takes_the_same_queries_at_one_and_at_three_scripts(
    marker: Person, now: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    papers = make_written(3, now=now)
    client = login(marker)
    take(marker, papers[0], 1)
    client.get(desk_url(papers[0]))
    with django_assert_num_queries(QUESTION_QUERIES):
        client.get(desk_url(papers[0]))
    take(marker, papers[0])
    with django_assert_num_queries(QUESTION_QUERIES):
        client.get(desk_url(papers[0]))


def test_nothing_left_is_said_instead_of_an_empty_hand(marker: Person, now: datetime, login: Any) -> None:
    (paper,) = make_written(now=now)
    take(make_marker(), paper)
    page = login(marker).post(desk_url(paper), {"take": "1"}, follow=True)
    assert "可能在别人手上" in text_of(page)


# a script


def test_script_page_knows_the_place_in_hand_and_its_neighbours(
    marker: Person, now: datetime, login: Any
) -> None:
    papers = make_written(3, now=now)
    hand = take(marker, papers[0])
    desks = [login(marker).get(url(each)).context["desk"] for each in hand]
    assert [desk.place for desk in desks] == [1, 2, 3]
    assert [desk.previous_url for desk in desks] == ["", url(hand[0]), url(hand[1])]
    assert [desk.next_url for desk in desks] == [url(hand[1]), url(hand[2]), url(hand[0])]


def test_saving_goes_on_to_the_next_in_hand_and_from_the_last_to_the_question(
    marker: Person, now: datetime, login: Any
) -> None:
    hand = take(marker, make_written(2, now=now)[0])
    client = login(marker)
    assert client.post(url(hand[0]), GIVEN).url == url(hand[1])
    assert client.post(url(hand[1]), GIVEN).url == desk_url(hand[0])
    given = Mark.objects.latest("pk")
    assert (given.points, given.marked_by, given.comment.text) == (Decimal("1.50"), marker, "再具体些")


def test_form_says_nothing_of_who_marks_and_what_it_comes_to(
    marker: Person, now: datetime, login: Any
) -> None:
    """Row 24."""
    (paper,) = make_written(now=now)
    forged = {"points": "99", "marked_by": "x", "round": "4", "imported": "1"}
    login(marker).post(url(paper), {**GIVEN, "penalty": "0.5", **forged})
    given = Mark.objects.get()
    assert (given.points, given.marked_by, given.round, given.imported) == (1, marker, MarkRound.FIRST, False)


def test_double_click_and_second_tab_make_one_mark(marker: Person, now: datetime, login: Any) -> None:
    hand = take(marker, make_written(2, now=now)[0])
    client = login(marker)
    assert {client.post(url(hand[0]), GIVEN).status_code for _click in range(2)} == {302}
    assert Mark.objects.count() == 1


def test_impossible_marks_stay_on_the_page_with_the_reason(marker: Person, now: datetime, login: Any) -> None:
    (paper,) = make_written(now=now)
    page = login(marker).post(url(paper), {**GIVEN, "criterion-c1": "1.2"})
    assert (page.status_code, Mark.objects.count()) == (422, 0)
    assert list(page.context["form"].errors) == ["criterion-c1"]
    assert 'value="1.2"' in page.content.decode()


def test_script_that_somebody_else_marked_meanwhile_says_so_and_keeps_what_was_typed(
    marker: Person, now: datetime, login: Any
) -> None:
    (paper,) = make_written(now=now, key="base")
    mark(paper, make_marker(), now)
    page = login(marker).post(url(paper), GIVEN)
    assert (page.status_code, Mark.objects.count()) == (422, 1)
    assert "这份已经评完" in text_of(page)
    assert 'value="1.5"' in page.content.decode()
    assert "再具体些" in page.content.decode()
    assert "写下的方案" not in page.content.decode()


def test_script_in_somebody_elses_hand_is_closed_and_shows_no_answer(
    marker: Person, now: datetime, login: Any
) -> None:
    (paper,) = make_written(now=now)
    take(make_marker(), paper)
    page = login(marker).get(url(paper))
    assert page.status_code == 200
    assert page.context["desk"].is_open is False
    assert "写下的方案" not in page.content.decode()
    refused = login(marker).post(url(paper), GIVEN)
    assert (refused.status_code, Mark.objects.count()) == (422, 0)
    assert "再具体些" in refused.content.decode()


def test_lapsed_script_says_so_and_can_still_be_marked(marker: Person, now: datetime, login: Any) -> None:
    (paper,) = make_written(now=now)
    take(marker, paper)
    long_ago = now - timedelta(hours=9)
    MarkingLease.objects.update(taken_at=long_ago, expires_at=long_ago + timedelta(minutes=5))
    client = login(marker)
    assert "时间已到" in text_of(client.get(url(paper)))
    client.post(url(paper), GIVEN)
    assert Mark.objects.count() == 1


def test_ones_own_marks_are_shown_when_the_result_is_out(marker: Person, now: datetime, login: Any) -> None:
    (paper,) = make_written(now=now)
    mark(paper, marker, now)
    page = login(marker).get(url(paper))
    assert "成绩已经发出" in text_of(page)
    assert page.context["desk"].own.points == "1.5"


def test_last_answer_says_that_saving_sends_the_result(marker: Person, now: datetime, login: Any) -> None:
    make_exam(types=("short_answer", "short_answer"))
    paper = make_submitted(make_person(), now=now)
    client, places = login(marker), [url(paper, slot) for slot in (1, 2)]
    assert [client.get(place).context["sends"] for place in places] == [False, False]
    client.post(places[0], GIVEN)
    assert [client.get(place).context["sends"] for place in places] == [False, True]
    assert "成绩已经发出" in text_of(client.post(places[1], GIVEN, follow=True))
    paper.refresh_from_db()
    assert paper.status == AttemptStatus.COMPLETE


def test_last_answer_names_where_a_time_to_undo_is_set(marker: Person, now: datetime, login: Any) -> None:
    (paper,) = make_written(now=now)
    page = text_of(login(marker).get(url(paper)))
    assert ("成绩立即发给考生" in page, "「阅卷安排」里设置" in page) == (True, True)


def test_marks_somebody_else_took_back_fill_no_form(marker: Person, now: datetime, login: Any) -> None:
    make_exam(types=("short_answer", "short_answer"))
    paper, other = make_submitted(make_person(), now=now), make_marker()
    undo_mark(mark=mark(paper, other, now), by=other, now=now)
    MarkingLease.objects.all().delete()
    page = login(marker).get(url(paper))
    assert (page.context["desk"].script.taken_back, page.context["desk"].total) == (None, "0")


def test_question_has_the_number_of_the_exam_whatever_its_place_in_the_paper(
    marker: Person, now: datetime, login: Any
) -> None:
    make_exam(types=("single", "short_answer"))
    paper = make_submitted(make_person(), now=now)
    paper.answers.filter(slot=1).update(slot=9)
    paper.answers.filter(slot=2).update(slot=1)
    client = login(marker)
    pages = [text_of(client.get(place)) for place in (url(paper), f"/exams/marking/{item_of(paper).pk}/")]
    assert ["第 2 题" in page for page in pages] == [True, True]
    assert "第 1 题" not in pages[0]


def test_time_to_undo_keeps_the_result_and_the_page_does_not_say_otherwise(
    marker: Person, now: datetime, login: Any
) -> None:
    (paper,) = make_written(now=now)
    chief = make_person(roles=(Role.ADMINISTRATOR,))
    set_plan(exam_key="base", terms=PlanTerms(undo_minutes=30), by=chief, now=now)
    assert login(marker).get(url(paper)).context["sends"] is False


def test_page_of_a_script_takes_the_same_queries_whatever_is_in_hand(
    marker: Person, now: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    papers = make_written(3, now=now)
    (first,) = take(marker, papers[0], 1)
    client = login(marker)
    client.get(url(first))
    with django_assert_num_queries(SCRIPT_QUERIES):
        client.get(url(first))
    take(marker, papers[0])
    for text in ("写得具体", "缺依据"):
        store_phrase(text=text, by=marker, now=now)
    with django_assert_num_queries(SCRIPT_QUERIES):
        client.get(url(first))


def test_script_of_somebody_one_never_marks_is_not_found(marker: Person, now: datetime, login: Any) -> None:
    """Rows 21 and 22."""
    make_exam(types=("single", "short_answer"))
    paper = make_submitted(make_person(), now=now)
    client = login(marker)
    assert [client.get(url(paper, slot)).status_code for slot in (1, 2, 9)] == [404, 200, 404]
    assert login(paper.person).get(url(paper, 2)).status_code == 404
    open_grant(viewer=marker, subject=paper.person, kind="pairing", reason="QL-1", now=now)
    assert client.post(url(paper, 2), GIVEN).status_code == 404
    assert Mark.objects.count() == 0


def test_candidates_are_numbers_unless_the_exam_is_marked_by_name(
    marker: Person, now: datetime, login: Any
) -> None:
    candidate = make_person("李考生")
    named, hidden = {}, {}
    for key, fields in (("open", {"anonymous_marking": False}), ("blind", {})):
        make_exam(key, types=("short_answer",), **fields)
        paper = make_submitted(candidate, key, now=now)
        take(marker, paper)
        pages = [login(marker).get(place).content.decode() for place in (url(paper), desk_url(paper))]
        named[key] = ["李考生" in page for page in pages]
        hidden[key] = [paper.candidate_number in page for page in pages]
    assert named == {"open": [True, True], "blind": [False, False]}
    assert hidden == {"open": [False, False], "blind": [True, True]}


# next without marking, giving back, undo


def test_next_without_marking_keeps_the_script_in_hand(marker: Person, now: datetime, login: Any) -> None:
    hand = take(marker, make_written(2, now=now)[0])
    assert login(marker).post(url(hand[0]), {"skip": "1"}).url == url(hand[1])
    assert MarkingLease.objects.filter(marker=marker).count() == 2


def test_script_given_back_leaves_the_hand(marker: Person, now: datetime, login: Any) -> None:
    hand = take(marker, make_written(2, now=now)[0])
    assert login(marker).post(url(hand[0]), {"give_back": "1"}).url == url(hand[1])
    assert [lease.answer.attempt for lease in MarkingLease.objects.all()] == [hand[1]]


def test_last_marks_are_offered_for_undoing_after_a_reload_too(
    marker: Person, now: datetime, login: Any
) -> None:
    make_exam(types=("short_answer", "short_answer"))
    paper, other = (make_submitted(make_person(), now=now) for _number in range(2))
    take(marker, paper)
    client = login(marker)
    client.post(url(paper), GIVEN)
    for _reload in range(2):
        page = client.get(url(other))
        assert page.context["last"].points == "1.5"
    undone = client.post(page.context["last"].url, {"undo": str(Mark.objects.get().pk)})
    assert undone.url == url(paper)
    assert Mark.objects.filter(undoes__isnull=False).count() == 1
    page = client.get(url(paper))
    assert (page.context["last"], page.context["desk"].script.mine) == (None, None)
    assert page.context["form"].initial["criterion-c1"] == "1.5"
    assert page.context["form"]["comment"].value() == "再具体些"
    assert page.context["desk"].total == "1.5"
    assert MarkingLease.objects.filter(marker=marker, answer=answer_of(paper)).exists()


def test_undoing_when_the_result_is_out_says_so(marker: Person, now: datetime, login: Any) -> None:
    (paper,) = make_written(now=now)
    given = mark(paper, marker, now)
    page = login(marker).post(url(paper), {"undo": str(given.pk)}, follow=True)
    assert "评分不能再改" in text_of(page)
    assert Mark.objects.count() == 1


@pytest.mark.parametrize("named", ["", "x", "²", "999999"])
def test_undoing_what_is_not_ones_own_is_not_found(
    named: str, marker: Person, now: datetime, login: Any
) -> None:
    papers = make_written(2, now=now, **TWICE)
    mark(papers[0], make_marker(), now)
    others = str(Mark.objects.get().pk)
    client = login(marker)
    assert client.post(url(papers[0]), {"undo": named}).status_code == 404
    assert client.post(url(papers[0]), {"undo": others}).status_code == 404
    assert Mark.objects.count() == 1


# phrases


def test_phrase_goes_into_the_comment_and_what_was_typed_stays(
    marker: Person, now: datetime, login: Any
) -> None:
    (paper,) = make_written(now=now)
    phrase = store_phrase(text="缺法律依据", by=marker, now=now)
    page = login(marker).post(url(paper), {**GIVEN, "insert": str(phrase.pk)})
    form = page.context["form"]
    assert (form["comment"].value(), form["criterion-c1"].value()) == ("再具体些\n缺法律依据", "1.5")
    assert (page.status_code, Mark.objects.count()) == (200, 0)


def test_comment_is_kept_for_the_question_or_for_all(marker: Person, now: datetime, login: Any) -> None:
    (paper,) = make_written(now=now)
    client = login(marker)
    for what in ("question", "all"):
        client.post(url(paper), {**GIVEN, "keep": what})
    question = item_of(paper).question_version.question_id
    kept = MarkingPhrase.objects.order_by("pk").values_list("question", "text")
    assert list(kept) == [(question, "再具体些"), (None, "再具体些")]


def test_empty_comment_is_not_kept_and_says_so(marker: Person, now: datetime, login: Any) -> None:
    (paper,) = make_written(now=now)
    page = login(marker).post(url(paper), {**GIVEN, "comment": " ", "keep": "all"})
    assert "先写评语" in text_of(page)
    assert MarkingPhrase.objects.count() == 0


def test_only_ones_own_phrase_is_thrown_away(marker: Person, now: datetime, login: Any) -> None:
    (paper,) = make_written(now=now)
    mine = store_phrase(text="缺法律依据", by=marker, now=now)
    foreign = store_phrase(text="别人的", by=make_person(), now=now)
    client = login(marker)
    for phrase in (mine, foreign):
        client.post(url(paper), {**GIVEN, "forget": str(phrase.pk)})
    assert list(MarkingPhrase.objects.all()) == [foreign]


# two markers and a third


def test_second_marker_sees_nothing_of_the_first_marks(marker: Person, now: datetime, login: Any) -> None:
    (paper,) = make_written(now=now, **TWICE)
    mark(paper, make_marker(), now, "0.5", comment="第一位的评语")
    page = login(marker).get(url(paper))
    assert (page.context["desk"].rivals, page.context["desk"].round_words) == ((), "二评")
    assert "第一位的评语" not in page.content.decode()


def test_third_marker_sees_both_marks_side_by_side_without_names(
    marker: Person, now: datetime, login: Any
) -> None:
    (paper,) = make_written(now=now, **TWICE)
    mark(paper, make_marker(), now, "2", comment="写得好")
    mark(paper, make_person("第二位评卷人", roles=(Role.EXAMINER,)), now, "0.5", penalty="0.5")
    page = login(marker).get(url(paper))
    desk = page.context["desk"]
    assert [(each.words, each.points, each.penalty, each.comment) for each in desk.rivals] == [
        ("一评", "2", "", "写得好"),
        ("二评", "0", "0.5", ""),
    ]
    assert [line.both for line in desk.parts[0].criteria] == [(("一评", "2"), ("二评", "0.5"))]
    assert "第二位评卷人" not in page.content.decode()
    login(marker).post(url(paper), GIVEN)
    assert Mark.objects.latest("pk").round == MarkRound.THIRD


def test_first_marker_does_not_decide_between_both(marker: Person, now: datetime, login: Any) -> None:
    (paper,) = make_written(now=now, **TWICE)
    mark(paper, marker, now, "2", comment="写得好")
    mark(paper, make_marker(), now, "0.5", comment="不够")
    page = login(marker).get(url(paper))
    assert page.context["desk"].rivals == ()
    assert "不够" not in page.content.decode()


# anchors


@pytest.fixture
def anchored(now: datetime) -> Attempt:
    """Three papers; the last one, marked already, is an anchor worth 1.5 points."""
    papers = make_written(3, now=now)
    mark(papers[2], make_marker(), now, "1.5")
    chief = make_person(roles=(Role.ADMINISTRATOR,))
    choose_anchor(answer=answer_of(papers[2]), note="有依据，缺时限", by=chief, now=now)
    return papers[0]


def test_anchor_comes_before_the_first_script_and_is_blind(
    anchored: Attempt, marker: Person, login: Any
) -> None:
    client = login(marker)
    (line,) = client.get("/exams/marking/").context["lines"]
    assert line.anchors == 1
    place = client.post(desk_url(anchored), {"take": "1"}).url
    assert place == f"{desk_url(anchored)}anchor/"
    page = text_of(client.get(place))
    assert ("有依据，缺时限" in page, "1.5" in page) == (False, False)
    assert MarkingLease.objects.count() == 0


def test_anchor_once_marked_shows_what_it_is_worth_and_why(
    anchored: Attempt, marker: Person, login: Any
) -> None:
    client, place = login(marker), f"{desk_url(anchored)}anchor/"
    anchor = client.get(place).context["anchor"]
    seen = client.post(place, {"criterion-c1": "0.5", "penalty": "0", "anchor": str(anchor.pk)}).url
    page = client.get(seen)
    assert page.context["lines"][-1] == ("总分", "0.5", "1.5")
    assert "少给了 1 分" in text_of(page)
    assert "有依据，缺时限" in page.content.decode()
    assert client.get(place).url == desk_url(anchored)
    assert client.post(desk_url(anchored), {"take": "1"}).url.startswith("/exams/marking/")
    assert MarkingLease.objects.filter(marker=marker).count() == 2


def test_worth_of_an_anchor_is_not_seen_before_it_is_marked(
    anchored: Attempt, marker: Person, login: Any
) -> None:
    client, place = login(marker), f"{desk_url(anchored)}anchor/"
    anchor = client.get(place).context["anchor"]
    assert client.get(f"{place}?seen={anchor.pk}").status_code == 404


def test_anchor_sent_twice_is_marked_once(anchored: Attempt, marker: Person, login: Any) -> None:
    make_written_anchor = f"{desk_url(anchored)}anchor/"
    client = login(marker)
    anchor = client.get(make_written_anchor).context["anchor"]
    for points in ("0.5", "2"):
        client.post(make_written_anchor, {"criterion-c1": points, "penalty": "0", "anchor": str(anchor.pk)})
    assert [given.points for given in AnchorMark.objects.all()] == [Decimal("0.50")]
