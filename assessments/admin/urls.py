"""Addresses of the bank's own pages, under the editor's admin."""

from __future__ import annotations

from django.urls import path

from assessments.admin import bulk, moving, near, repealing

urlpatterns = [
    path("bank/several/", bulk.BulkView.as_view(), name="bank_bulk"),
    path("bank/near/", near.NearView.as_view(), name="bank_near"),
    path("bank/<int:pk>/move/", moving.move, name="bank_move"),
    path("bank/<int:pk>/confirm/", moving.confirm, name="bank_confirm"),
    path("clauses/<int:pk>/repeal/", repealing.RepealView.as_view(), name="clause_repeal"),
]
