"""Addresses of holders."""

from django.urls import path

from certificates.holders import views

urlpatterns = [
    path("names/<int:pk>/", views.name, name="name"),
    path("<slug:serial>/correction/", views.correction, name="correction"),
    path("<slug:serial>/correction/withdraw/", views.withdraw, name="withdraw_correction"),
]
