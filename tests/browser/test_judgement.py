"""Fair judgement, end to end: a paper is marked and fails, a bad question is made void, a second person approves, the
candidate passes, reads why, and meets the scheme."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from assessments.decisions import reconsider
from assessments.models import Answer, Attempt, Question
from mentoring.endorsements import endorse
from mentoring.models import Pairing
from mentoring.terms import Judgement
from people.models import Account
from tests.browser.conftest import PHONE, axe_violations
from tests.browser.navigation import press
from tests.demo_site import restore_demo

# 左思齐's paper in 舆情管理 waits for marks: 18 of 40 points are sure. 导师推荐 is given before the test begins.
CANDIDATE, EXAMINER, AUTHOR, APPROVER = "2026-0399", "2012-0071", "2017-0064", "2003-0009"
MENTOR, AGREEMENT = "2016-0098", "QL-2026-030"
EXAM, DISPUTED = "public-opinion", "OPN-M-110"
REASON = "第二项“广场舞音响”在多地已列入应急首报清单，选与不选都有依据，本题全体给满分。"
SignIn = Callable[..., Page]


@pytest.fixture
def paper(transactional_db: Any, tmp_path_factory: pytest.TempPathFactory) -> Attempt:
    """The demo, and in it the paper that is judged."""
    restore_demo(tmp_path_factory)
    pairing, now = Pairing.objects.get(agreement_no=AGREEMENT), timezone.now()
    endorse(
        pairing=pairing,
        judgements={goal.pk: Judgement.REACHED for goal in pairing.goals.all()},
        text="每次走访都先听后说，个案记录只写看到听到的，目标都已达到，同意推荐。",
        by=Account.objects.get(staff_number=MENTOR).person,
        now=now,
    )
    reconsider(person=pairing.mentee, now=now)
    return Attempt.objects.get(exam_key=EXAM, person__account__staff_number=CANDIDATE)


def test_a_voided_question_turns_a_fail_into_a_scheme_that_is_met(
    paper: Attempt, live_server: Any, sign_in: SignIn
) -> None:
    candidate = sign_in(CANDIDATE, viewport=PHONE)
    mark(sign_in(EXAMINER), paper.answers.get(item__question_version__type="case_analysis"), points="5.5")
    expect_failed(candidate, paper)
    author, approver = sign_in(AUTHOR), sign_in(APPROVER)
    void_the_question(author)
    expect_the_flip(author, paper)
    assert axe_violations(author) == []
    propose(author)
    approve(approver)
    expect_passed(candidate, paper)


def mark(page: Page, answer: Answer, *, points: str) -> None:
    """So many points for the first criterion, none for the others."""
    page.goto(f"/exams/marking/{answer.attempt_id}/{answer.slot}/")
    take = page.get_by_role("main").locator('button[name="take"]')
    if take.count():
        press(take.first)
    boxes = page.locator('main form input[type="number"]:not([name="penalty"])')
    for place, box in enumerate(boxes.all()):
        box.fill(points if place == 0 else "0")
    press(page.get_by_role("button", name=re.compile("保存|发出成绩")).first)


def expect_failed(page: Page, paper: Attempt) -> None:
    """23.5 of 40 points are 58.75 %, and the scheme asks for 60 %."""
    page.goto(f"/exams/attempt/{paper.pk}/result/")
    expect(page.get_by_text("得 23.5 分")).to_be_visible()
    page.goto("/me/")
    expect(page.get_by_text("条件已全部满足")).to_have_count(0)


def void_the_question(page: Page) -> None:
    """From the question in the bank to the dry run."""
    page.goto(f"/admin/bank/inspect/{Question.objects.get(key=DISPUTED).pk}/")
    press(page.get_by_role("link", name="重判用过这道题的考试"))
    press(page.get_by_role("link", name="舆情管理考试"))
    page.get_by_label("怎么处理").select_option("full")
    page.get_by_label("理由（会告诉考生）").fill(REASON)
    press(page.get_by_role("button", name="开始试算"))


def expect_the_flip(page: Page, paper: Attempt) -> None:
    """One fail becomes a pass, and with it one decision; the author reads a number, no name."""
    expect(page.get_by_role("heading", name="试算结果")).to_be_visible()
    row = page.get_by_role("row", name=re.compile(f"考生 {paper.candidate_number}"))
    expect(row.filter(has_text="未通过转通过")).to_be_visible()
    expect(row.filter(has_text="不满足转满足")).to_be_visible()
    expect(page.get_by_text("1 条认定结论由不满足转为满足")).to_be_visible()
    expect(page.get_by_text("左思齐")).to_have_count(0)


def propose(page: Page) -> None:
    press(page.get_by_role("button", name="送审"))
    expect(page.get_by_text("你是发起人，要由别人审批")).to_be_visible()


def approve(page: Page) -> None:
    """A second person finds it on their home page and sees what was tried, with the name."""
    page.goto("/")
    press(page.locator('main a[href*="/admin/regrades/"]').first)
    expect(page.get_by_role("row", name=re.compile("左思齐")).first).to_be_visible()
    press(page.get_by_role("button", name=re.compile("批准")))
    expect(page.get_by_text("重判已完成")).to_be_visible()


def expect_passed(page: Page, paper: Attempt) -> None:
    """The new result with its reason, the old one beside it, and the scheme met."""
    page.goto("/me/notices/")
    expect(page.get_by_text(REASON.rstrip("。")).first).to_be_visible()
    page.goto(f"/exams/attempt/{paper.pk}/result/")
    expect(page.get_by_text("得 24.5 分")).to_be_visible()
    expect(page.get_by_text(REASON.rstrip("。")).first).to_be_visible()
    expect(page.get_by_text("23.5").first).to_be_attached()
    assert axe_violations(page) == []
    page.goto("/me/")
    expect(page.get_by_text("条件已全部满足").first).to_be_visible()
