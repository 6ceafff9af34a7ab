"""Addresses of the section 认证方案 below its list."""

from __future__ import annotations

from django.urls import path

from assessments.admin import scheme_pages, scheme_releases, schemes

urlpatterns = [
    path("begin/", schemes.BeginView.as_view(), name="begin"),
    path("nights/", scheme_releases.NightsView.as_view(), name="nights"),
    path("of/<slug:key>/", scheme_releases.VersionsView.as_view(), name="versions"),
    path("of/<slug:key>/change/", schemes.change_released, name="change"),
    path("of/<slug:key>/<int:number>/", scheme_releases.VersionView.as_view(), name="version"),
    path("<int:pk>/", scheme_pages.SchemeView.as_view(), name="scheme"),
    path("<int:pk>/head/", scheme_pages.HeadView.as_view(), name="head"),
    path("<int:pk>/renewal/", scheme_pages.RenewalView.as_view(), name="renewal"),
    path("<int:pk>/release/", scheme_releases.release, name="release"),
    path("<int:pk>/delete/", scheme_releases.delete, name="delete"),
    path("<int:pk>/preview/", scheme_releases.PreviewView.as_view(), name="preview"),
    path("<int:pk>/rules/<slug:place>/", scheme_pages.RuleView.as_view(), name="rule"),
    path("<int:pk>/rules/<slug:place>/add/", scheme_pages.AddView.as_view(), name="add"),
    path("<int:pk>/rules/<slug:place>/place/", scheme_pages.PlaceView.as_view(), name="place"),
]
