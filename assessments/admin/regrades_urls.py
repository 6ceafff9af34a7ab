"""Addresses of the pages about regrades, under /admin/regrades/."""

from __future__ import annotations

from django.urls import path

from assessments.admin import regrade_begin as begin
from assessments.admin import regrade_page as page
from assessments.admin.regrade_compare import CompareView

urlpatterns = [
    path("begin/", begin.BeginView.as_view(), name="begin"),
    path("begin/question/<int:question_id>/", begin.QuestionView.as_view(), name="begin_question"),
    path("begin/<int:version_id>/", begin.ChangesView.as_view(), name="changes"),
    path("<uuid:pk>/", page.RegradePage.as_view(), name="regrade"),
    path("<uuid:pk>/change/", begin.ChangeAgainView.as_view(), name="change"),
    path("<uuid:pk>/papers.<slug:format>", page.lines_file, name="papers"),
    path("<uuid:pk>/papers/<int:line_id>/", CompareView.as_view(), name="compare"),
]
