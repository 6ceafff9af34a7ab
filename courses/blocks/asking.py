"""Blocks that ask something. They hold the key of what they ask and never an answer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.blocks.base import Frozen, LessonBlock
from courses.media import Keeper


class ReflectionBlock(LessonBlock):
    """A question to oneself; the answer stays with the learner."""

    prompt = blocks.TextBlock(
        label=_("Question to oneself"), help_text=_("Has no right answer; the learner writes for themself.")
    )
    hint = blocks.TextBlock(
        required=False, label=_("Hint"), help_text=_("For those who cannot begin. May stay empty.")
    )

    def freeze(self, value: Any, keeper: Keeper) -> Frozen:
        return {"prompt": value["prompt"], "hint": value["hint"] or ""}

    class Meta:
        icon = "edit"
        label = _("Reflection")
        description = _("A question without a right answer; only the learner reads what they write.")
        template = "courses/blocks/reflection.html"
        preview_value = {"prompt": "如果明天要敲这扇门，你第一句话怎么说？", "hint": "站在门里面想一想。"}


class SelfCheckBlock(LessonBlock):
    """A question of the bank, by key. Right answer and explanation stay in the bank."""

    question = blocks.CharBlock(
        max_length=80,
        label=_("Key of the question"),
        help_text=_("Such as CHK-01; the question bank lists them. Questions marked by a person do not fit."),
    )
    prompt = blocks.CharBlock(
        max_length=200,
        required=False,
        label=_("Invitation"),
        help_text=_("One sentence above the question. May stay empty."),
    )

    def freeze(self, value: Any, keeper: Keeper) -> Frozen:
        return {"question": value["question"].strip(), "prompt": value["prompt"] or ""}

    class Meta:
        icon = "help"
        label = _("Self-check")
        description = _("A question from the bank; the lesson is complete when it is answered correctly.")
        template = "courses/blocks/self_check.html"
        preview_value = {"question": "CHK-01", "prompt": "停一分钟，看看口径变了，数会怎么变。"}


class LinkedBlock(LessonBlock):
    """Base of the blocks that lead to another room."""

    key = blocks.CharBlock(
        max_length=80,
        label=_("Stable key"),
        help_text=_("Of a released simulation or exam, such as S1 or base."),
    )
    invitation = blocks.TextBlock(
        label=_("Invitation"), help_text=_("What learners read above the button that leads there.")
    )

    def freeze(self, value: Any, keeper: Keeper) -> Frozen:
        return {"key": value["key"].strip(), "invitation": value["invitation"]}


class ScenarioBlock(LinkedBlock):
    """The way to a simulation."""

    class Meta:
        icon = "site"
        label = _("Simulation")
        description = _("Leads to a released simulation.")
        template = "courses/blocks/scenario.html"
        preview_value = {"key": "S1", "invitation": "把这一课用在老楼新梯里。"}


class ExamBlock(LinkedBlock):
    """The way to an exam."""

    class Meta:
        icon = "form"
        label = _("Exam")
        description = _("Leads to a released exam.")
        template = "courses/blocks/exam.html"
        preview_value = {"key": "base", "invitation": "三课学完了，随时可以进考场。"}
