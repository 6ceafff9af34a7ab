"""Knowing the keys: what a well-prepared candidate ticks, by the text of the question on the screen."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from cms.demo.pack import read_questions, read_selfchecks

WRITTEN = (
    "先拉一个月登录日志，再跟岗两天，定位卡在哪一步。合并入口，门岗只留看、报。骨干带三人，实操过关签字。权限最小，查阅留痕。"
    "每月复测活跃率与中位时长。"
)


def answer_question(page: Page) -> None:
    """Answer whatever question stands in the page's paper form, right."""
    fill_right_answer(page, page.locator("form#paper"))


def fill_right_answer(page: Page, form: Any) -> None:
    """Fill a form that shows one question of the pack with the answer its key calls right."""
    legend = form.locator("legend").inner_text()
    item = next(item for item in _items() if _spoken(item) in legend.replace("\n", ""))
    key = item["answer"]
    if item["type"] in ("single", "true_false"):
        form.locator(f'input[value="{key["correct"]}"]').check()
    elif item["type"] == "multiple":
        for option in key["correct"]:
            form.locator(f'input[value="{option}"]').check()
    elif item["type"] == "ordering":
        for place, option in enumerate(key["orders"][0], start=1):
            form.locator(f'select[name$=".{option}"]').select_option(str(place))
    elif item["type"] == "matching":
        for left, right in key["pairs"].items():
            form.locator(f'select[name$=".{left}"]').select_option(right)
    else:
        for box in form.locator("textarea").all():
            box.fill(WRITTEN)


def _spoken(item: dict[str, Any]) -> str:
    stem: str = item["body"]["stem"].replace("\n", "")
    return stem


def _items() -> list[dict[str, Any]]:
    return [*read_questions(), *read_selfchecks()]
