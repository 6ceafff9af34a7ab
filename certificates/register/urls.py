"""Addresses of the register, below /certificates/register/."""

from django.urls import path

from certificates.register import views

urlpatterns = [
    path("", views.register, name="register"),
    path("sheet/", views.sheet, name="register_sheet"),
    path("figures/", views.figures, name="register_figures"),
    path("paper/", views.paper, name="register_paper"),
    path("trail/", views.trail, name="register_trail"),
]
