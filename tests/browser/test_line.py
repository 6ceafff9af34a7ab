"""The main job, end to end: learn, rehearse, be examined, be endorsed, hold a certificate that a stranger verifies."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from pyzbar.pyzbar import decode

from assessments.models import Attempt
from certificates.models import CertificateDocument
from core import private_files
from tests.browser.answers import answer_question, fill_right_answer
from tests.browser.conftest import PHONE
from tests.browser.navigation import press
from tests.browser.papers import all_is_saved
from tests.demo_site import restore_demo

WORKER, MENTOR, EXAMINER = "2026-0417", "2014-0088", "2009-0142"
PROPOSER, APPROVER = "2011-0056", "2003-0009"
GOLDEN_PATH = "N01b,N02b,N03c,N04c,N06a,N07c,N08b,N09c,N10d,N11c,N13b,N14d,N15c,N16b"
ROOM_CODE = "HETIAN"  # cms/demo/pack/hall/session.yaml
SignIn = Callable[..., Page]


@pytest.fixture
def demo(
    transactional_db: Any, live_server: Any, settings: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The demo site behind the live server; QR codes lead to it."""
    settings.BASE_URL = live_server.url
    restore_demo(tmp_path_factory)


def test_a_worker_learns_and_a_stranger_verifies(
    demo: None, sign_in: SignIn, visitor: Callable[..., Page], tmp_path: Path
) -> None:
    worker = sign_in(WORKER, viewport=PHONE)
    for course in ("office-software", "data-analysis", "smart-security"):
        study(worker, course)
    play(worker)
    worker = sit_the_base_exam_with_a_crash(worker, sign_in)
    sit(worker, "smart-security")
    mark(
        sign_in(EXAMINER),
        Attempt.objects.get(person__account__staff_number=WORKER, exam_key="smart-security"),
    )
    endorse(sign_in(MENTOR), worker)
    expect_scheme_met(worker)
    proposer, approver = sign_in(PROPOSER), sign_in(APPROVER)
    approve(approver, propose(proposer, worker))
    code_url = certificate_address(tmp_path)
    stranger = visitor()
    stranger.goto(code_url)
    expect(stranger.get_by_role("heading", name="证书有效")).to_be_visible()
    expect(stranger.get_by_text("林**")).to_be_visible()
    assert "林小满" not in stranger.content()
    revoke(approver, stranger)
    stranger.goto(code_url)
    expect(stranger.get_by_role("heading", name=re.compile("已撤销"))).to_be_visible()


def study(page: Page, course: str) -> None:
    """Take a course to its end, lesson by lesson, answering every self-check."""
    page.goto(f"/courses/{course}/")
    enrol = page.get_by_role("button", name=re.compile("加入并开始"))
    if enrol.count():
        press(enrol.first)
    page.goto(f"/courses/{course}/")
    while (go_on := page.locator("aside a.button")).count():
        press(go_on.first)
        checks = page.locator('form[action*="/check/"]')
        for number in range(checks.count()):
            if checks.nth(number).get_by_role("button").count() == 0:
                continue
            fill_right_answer(page, checks.nth(number))
            press(checks.nth(number).get_by_role("button").last)
            expect(page.get_by_text("答对了").first).to_be_visible()
        press(page.get_by_role("button", name="完成本课"))
        page.goto(f"/courses/{course}/")
    expect(page.get_by_text(re.compile("已于|学完")).first).to_be_visible()


def play(page: Page) -> None:
    """Play 老楼新梯 along the golden path."""
    page.goto("/simulations/S1/")
    page.get_by_role("button", name="开始推演").click()
    for step in GOLDEN_PATH.split(","):
        page.locator(f'input[name=choice][value="{step[-1]}"]').check()
        page.get_by_role("button", name="就这样办").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("同心梯")
    expect(page.get_by_text("90.7").first).to_be_visible()


def sit_the_base_exam_with_a_crash(page: Page, sign_in: SignIn) -> Page:
    """Answer two questions, lose the browser, sign in on a new one: same paper, both answers there; then finish."""
    page.goto("/exams/base/")
    page.get_by_role("button", name="开始考试").click()
    for number in (1, 2):
        expect_question(page, number)
        answer_question(page)
        page.locator("form#paper .apart button.button").last.click()
    expect_question(page, 3)
    first_three = [stem_at(page, number) for number in (1, 2, 3)]
    all_is_saved(page)  # what a lost device had not sent yet is lost with it
    page.context.close()
    page = sign_in(WORKER, viewport=PHONE)
    page.goto("/exams/base/")
    page.get_by_role("link", name="继续作答").click()
    assert [stem_at(page, number) for number in (1, 2, 3)] == first_three
    expect(page.locator('.navigator [data-state="done"]')).to_have_count(2)
    for number in (3, 4, 5):
        go_to(page, number)
        answer_question(page)
    hand_in(page)
    expect(page.get_by_text("12").first).to_be_visible()
    return page


def sit(page: Page, exam: str) -> None:
    """Answer every question of an exam and hand in."""
    page.goto(f"/exams/{exam}/")
    page.get_by_label("开考码").fill(ROOM_CODE)  # she has a seat in the demo's exam day
    page.get_by_role("button", name="开始考试").click()
    expect_question(page, 1)
    for number in range(1, page.locator(".navigator a").count() + 1):
        go_to(page, number)
        answer_question(page)
    hand_in(page)


def go_to(page: Page, number: int) -> None:
    """Turn to a question by the answer sheet."""
    page.locator(".navigator a").nth(number - 1).click()
    expect_question(page, number)


def expect_question(page: Page, number: int) -> None:
    """Question `number` is the one on the screen."""
    expect(page.locator(f'form#paper input[name=slot][value="{number}"]')).to_have_count(1)
    page.wait_for_load_state()


def stem_at(page: Page, number: int) -> str:
    """What question `number` says, options in their order."""
    go_to(page, number)
    return page.locator("form#paper fieldset").inner_text()


def hand_in(page: Page) -> None:
    """Through the confirmation page."""
    page.locator("section.exam button").click()
    page.wait_for_url("**/submit/")  # the last question has a button of nearly the same name
    page.get_by_role("main").get_by_role("button", name="交卷").click()
    page.wait_for_url("**/result/")


def mark(page: Page, attempt: Attempt) -> None:
    """Take what waits of every question, and give full marks to the scripts of this candidate, known by a number."""
    page.goto("/exams/marking/")
    questions = [link.get_attribute("href") for link in page.locator(".mark-wait h2 a").all()]
    for question in filter(None, questions):
        page.goto(question)
        press(page.get_by_role("button", name=re.compile("^(领取|继续评阅)$")))
        page.goto(question)
        script = page.locator(f'tbody a[href*="{attempt.pk}"]')
        if not script.count():
            continue
        press(script)
        expect(page.get_by_role("heading", level=1)).to_contain_text(attempt.candidate_number)
        for box in page.locator('main form input[type="number"]').all():
            if box.get_attribute("name") != "penalty":
                box.fill(box.get_attribute("max") or "2")
        press(page.locator(".mark-save").get_by_role("button", name=re.compile("保存")))


def endorse(page: Page, worker: Page) -> None:
    """Log a session, let the worker confirm it, and sign the endorsement."""
    page.goto("/mentoring/pairings/QL-2026-018/sessions/new/")
    page.locator("[name=minutes]").fill("45")
    page.locator("[name=text]").fill("一起看了三单元的热力图，口径说得清楚。")
    press(page.locator("main form button").last)
    worker.goto("/mentoring/pairings/QL-2026-018/")
    for _waiting in range(worker.locator('form[action*="/confirm/"]').count()):
        press(worker.locator('form[action*="/confirm/"] button').first)
        worker.goto("/mentoring/pairings/QL-2026-018/")
    page.goto("/mentoring/pairings/QL-2026-018/endorse/")
    for reached in page.locator('input[value="reached"]').all():
        reached.check()
    page.locator("[name=text]").fill("半年里每次走访都先听后说，台账口径稳定，目标都已达到，同意推荐。")
    press(page.get_by_role("button", name=re.compile("签署|推荐")))


def expect_scheme_met(page: Page) -> None:
    """The worker's own page says that nothing is missing for 数字治理 1+N."""
    page.goto("/me/")
    expect(page.get_by_text("条件已全部满足").first).to_be_visible()


def propose(page: Page, worker: Page) -> str:
    """Ask for the name, let the worker confirm it, send a batch of one to approval; the batch's address."""
    address = "/certificates/propose/?scheme=digital-governance&organisation=QH"
    page.goto(address)
    press(page.locator("button[name=ask]"))
    worker.goto("/me/")
    press(worker.get_by_role("link", name="去核对").first)
    worker.locator('input[value="confirmed"]').check()
    press(worker.locator("main form button").last)
    page.goto(address)
    for each in page.locator("input[name=person]").all():
        each.set_checked(each.evaluate("box => box.closest('label').innerText").startswith("林小满"))
    press(page.get_by_role("button", name="送审"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("数字治理")
    return urlsplit(page.url).path


def approve(page: Page, batch: str) -> None:
    """Another administrator issues the batch from their home page."""
    page.goto("/")
    press(page.locator(f'main a[href="{batch}"]').first)
    page.locator("[name=count]").fill("1")
    for box in page.locator('form[action*="/decide/"] input[type=checkbox]').all():
        box.check()
    press(page.locator('form[action*="/decide/"] button.button').first)


def certificate_address(folder: Path) -> str:
    """What a phone reads off the printed certificate: the QR code of the rendered PDF."""
    document = CertificateDocument.objects.latest("pk")
    (folder / "certificate.pdf").write_bytes(private_files.read(document.path))
    subprocess.run(
        ["pdftoppm", "-r", "150", "-png", "-singlefile", "certificate.pdf", "page"], cwd=folder, check=True
    )
    from PIL import Image

    (found,) = decode(Image.open(folder / "page.png"))
    return str(found.data.decode())


def revoke(page: Page, stranger: Page) -> None:
    """The approver revokes the certificate the stranger is looking at."""
    serial = stranger.locator(".num", has_text=re.compile("SQ-")).first.inner_text()
    page.goto(f"/certificates/{serial}/")
    form = page.locator('form[action*="/revoke/"]')
    page.locator("details", has=form).locator("summary").first.click()
    form.locator("select").first.select_option(index=1)
    for box in form.locator("input[type=checkbox]").all():
        box.check()
    for text in form.locator("textarea, input[type=text]").all():
        text.fill("演示撤销")
    press(form.get_by_role("button"))
