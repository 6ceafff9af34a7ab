"""Registers the question bank with the Wagtail admin."""

from __future__ import annotations

from wagtail import hooks
from wagtail.permissions import register_permission_policy

from assessments.models import Question
from assessments.permissions import BankPermissionPolicy
from assessments.viewsets import BankViewSet

register_permission_policy(Question, BankPermissionPolicy(Question))


@hooks.register("register_admin_viewset")
def question_bank() -> BankViewSet:
    """The section 题库."""
    return BankViewSet()
