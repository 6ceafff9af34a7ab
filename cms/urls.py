"""The site's addresses. The stable ones are listed in the house plan; Wagtail's pages catch what is left."""

from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms import health, home, media, preferences

urlpatterns = [
    path("", home.home, name="home"),
    path("preferences/", preferences.set_preferences, name="preferences"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("allauth.urls")),
    path("courses/", include("courses.urls")),
    path("simulations/", include("simulations.urls")),
    path("exams/", include("assessments.urls")),
    path("mentoring/", include("cms.mentoring.urls")),
    path("me/", include("cms.me.urls")),
    path("people/", include("cms.people.urls")),
    path("certificates/", include("certificates.urls")),
    path("verify/", include("certificates.verify_urls")),
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/password_reset/", RedirectView.as_view(pattern_name="account_login")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("media/<path:path>", media.serve_media),
    path("", include(wagtail_urls)),
]
