"""Addresses of cases and of single certificates. The last ones take any serial: included at the very end."""

from django.urls import path

from certificates.life import case_views, renewal_views, views

urlpatterns = [
    path("renew/", renewal_views.renew, name="renew"),
    path("cases/", case_views.cases, name="cases"),
    path("cases/<int:pk>/", case_views.case, name="case"),
    path("cases/<int:pk>/settle/", case_views.settle, name="settle"),
    path("<slug:serial>/", views.certificate, name="certificate"),
    path("<slug:serial>/suspend/", views.step, {"key": "suspend"}, name="suspend"),
    path("<slug:serial>/restore/", views.step, {"key": "restore"}, name="restore"),
    path("<slug:serial>/correct/", views.step, {"key": "correct"}, name="correct"),
    path("<slug:serial>/revoke/", views.step, {"key": "revoke"}, name="revoke"),
]
