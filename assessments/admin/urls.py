"""Addresses of the bank's own pages, under the editor's admin."""

from __future__ import annotations

from django.urls import path

from assessments.admin import analyses, analysis_pages, angoff, bulk, moving, near, repealing

urlpatterns = [
    path("bank/several/", bulk.BulkView.as_view(), name="bank_bulk"),
    path("bank/near/", near.NearView.as_view(), name="bank_near"),
    path("bank/<int:pk>/move/", moving.move, name="bank_move"),
    path("bank/<int:pk>/confirm/", moving.confirm, name="bank_confirm"),
    path("statistics/", analyses.StatisticsIndexView.as_view(), name="exam_statistics"),
    path("statistics/angoff/", angoff.AngoffIndexView.as_view(), name="exam_angoffs"),
    path("statistics/<int:pk>/", analyses.ExamStatisticsView.as_view(), name="exam_statistics_exam"),
    path("statistics/<int:pk>/angoff/", angoff.AngoffView.as_view(), name="exam_angoff"),
    path(
        "statistics/<int:pk>/angoff/worksheet/", angoff.WorksheetView.as_view(), name="exam_angoff_worksheet"
    ),
    path("statistics/analyses/<uuid:pk>/", analysis_pages.AnalysisView.as_view(), name="exam_analysis"),
    path(
        "statistics/analyses/<uuid:pk>/items/<int:number>/",
        analysis_pages.AnalysisItemView.as_view(),
        name="exam_analysis_item",
    ),
    path(
        "statistics/analyses/<uuid:pk>/statistics.<slug:format>",
        analysis_pages.AnalysisFileView.as_view(),
        name="exam_analysis_file",
    ),
    path("clauses/<int:pk>/repeal/", repealing.RepealView.as_view(), name="clause_repeal"),
]
