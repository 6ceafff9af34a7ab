"""Registers the question bank with the Wagtail admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.permissions import register_permission_policy

from assessments.admin import marksheets, urls
from assessments.admin.errata import ErrataViewSet
from assessments.admin.exam_drafts import ExamDraftViewSet
from assessments.admin.exports import ExportView
from assessments.admin.imports import (
    ImportReportView,
    ImportStartView,
    ImportTemplateView,
    ImportView,
)
from assessments.admin.marksheets import ExamMarksView, MarksIndexView, SheetView
from assessments.admin.recognitions import (
    CertificateView,
    KindView,
    PracticeView,
    RecognitionIndexView,
    WithdrawView,
)
from assessments.admin.regrades import RegradeViewSet
from assessments.admin.schemes import SchemeViewSet
from assessments.admin.sessions import ExamSessionViewSet, SessionPolicy
from assessments.models import Erratum, ExamDraft, ExamSession, Question, Regrade, SchemeDraft
from assessments.permissions import AuthorsPermissionPolicy, BankPermissionPolicy, can_read_keys
from assessments.viewsets import BankViewSet
from library.models import PolicyClause

register_permission_policy(Question, BankPermissionPolicy(Question))
register_permission_policy(Erratum, AuthorsPermissionPolicy(Erratum))
register_permission_policy(ExamDraft, BankPermissionPolicy(ExamDraft))
register_permission_policy(SchemeDraft, BankPermissionPolicy(SchemeDraft))
register_permission_policy(ExamSession, SessionPolicy(ExamSession))
register_permission_policy(Regrade, BankPermissionPolicy(Regrade))


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


@hooks.register("register_admin_viewset")
def exam_sessions() -> ExamSessionViewSet:
    """The section 考试场次."""
    return ExamSessionViewSet()


@hooks.register("register_admin_viewset")
def regrades() -> RegradeViewSet:
    """The section 重判."""
    return RegradeViewSet()


@hooks.register("register_admin_viewset")
def schemes() -> SchemeViewSet:
    """The section 认证方案."""
    return SchemeViewSet()


@hooks.register("register_admin_urls")
def bank_files() -> list[URLPattern]:
    """Questions out of files and into files."""
    return [
        path("bank/import/", ImportStartView.as_view(), name="bank_import"),
        path(
            "bank/import/templates/<slug:format>/", ImportTemplateView.as_view(), name="bank_import_template"
        ),
        path("bank/import/<uuid:import_id>/", ImportView.as_view(), name="bank_import_detail"),
        path("bank/import/<uuid:import_id>/report/", ImportReportView.as_view(), name="bank_import_report"),
        path("bank/export/", ExportView.as_view(), name="bank_export"),
    ]


@hooks.register("register_admin_urls")
def bank_pages() -> list[URLPattern]:
    """Steps in the life of questions, several at once, near duplicates, and the clauses they rest on."""
    return urls.urlpatterns


@hooks.register("register_admin_urls")
def marks_from_files() -> list[URLPattern]:
    """Marks out of files: the exams, one exam, its template, one file, and that file given back."""
    return [
        path("marks/", MarksIndexView.as_view(), name="mark_sheets"),
        path("marks/<int:pk>/", ExamMarksView.as_view(), name="mark_sheets_exam"),
        path("marks/<int:pk>/template/", marksheets.template, name="mark_sheet_template"),
        path("marks/sheets/<uuid:pk>/", SheetView.as_view(), name="mark_sheet"),
        path("marks/sheets/<uuid:pk>/report/", marksheets.report, name="mark_sheet_report"),
    ]


@hooks.register("register_admin_urls")
def recognitions() -> list[URLPattern]:
    """Practice and prior certificates: the entries, two kinds of new ones, a kind of certificate, taking one back."""
    return [
        path("recognitions/", RecognitionIndexView.as_view(), name="recognitions"),
        path("recognitions/practice/", PracticeView.as_view(), name="recognition_practice"),
        path("recognitions/certificate/", CertificateView.as_view(), name="recognition_certificate"),
        path("recognitions/kind/", KindView.as_view(), name="recognition_kind"),
        path("recognitions/<int:pk>/withdraw/", WithdrawView.as_view(), name="recognition_withdraw"),
    ]


@hooks.register("register_snippet_listing_buttons")
def repeal_button(snippet: Any, user: Any, next_url: str | None = None) -> Iterator[Button]:
    """Beside every clause of the library, for authors."""
    if isinstance(snippet, PolicyClause) and can_read_keys(user):
        yield Button(
            _("Repeal"), url=reverse("clause_repeal", args=[snippet.pk]), icon_name="cross", priority=50
        )
