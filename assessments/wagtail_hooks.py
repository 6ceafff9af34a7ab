"""Registers the question bank with the Wagtail admin."""

from __future__ import annotations

from wagtail import hooks
from wagtail.permissions import register_permission_policy

from assessments.admin.errata import ErrataPolicy, ErrataViewSet
from assessments.admin.exam_drafts import ExamDraftViewSet
from assessments.models import Erratum, ExamDraft, Question
from assessments.permissions import BankPermissionPolicy
from assessments.viewsets import BankViewSet

register_permission_policy(Question, BankPermissionPolicy(Question))
register_permission_policy(Erratum, ErrataPolicy(Erratum))
register_permission_policy(ExamDraft, BankPermissionPolicy(ExamDraft))


@hooks.register("register_admin_viewset")
def question_bank() -> BankViewSet:
    """The section 题库."""
    return BankViewSet()


@hooks.register("register_admin_viewset")
def errata() -> ErrataViewSet:
    """The section 报错."""
    return ErrataViewSet()


@hooks.register("register_admin_viewset")
def exam_drafts() -> ExamDraftViewSet:
    """The section 考试草稿."""
    return ExamDraftViewSet()
