"""The site's addresses. The stable ones are listed in the house plan; Wagtail's pages catch what is left."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms import health, home, media, preferences
from cms.admin.home import workbench


def admin_login(request: HttpRequest) -> HttpResponse:
    """The editor's admin asks for a login: the site's own. Who is signed in already may not go there: 403."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", "/admin/"))


urlpatterns = [
    path("", home.home, name="home"),
    path("preferences/", preferences.set_preferences, name="preferences"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("allauth.urls")),
    path("courses/", include("courses.urls")),
    path("simulations/", include("simulations.urls")),
    path("library/", include("library.urls")),
    path("exams/", include("assessments.urls")),
    path("mentoring/", include("cms.mentoring.urls")),
    path("me/", include("cms.me.urls")),
    path("people/", include("cms.people.urls")),
    path("certificates/", include("certificates.urls")),
    path("verify/", include("certificates.verify_urls")),
    path("admin/", workbench),
    path("admin/login/", admin_login),
    path("admin/account/", RedirectView.as_view(pattern_name="me")),
    path("admin/password_reset/", RedirectView.as_view(pattern_name="account_login")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("media/<path:path>", media.serve_media),
    path("", include(wagtail_urls)),
]
handler400 = "cms.errors.bad_request"
handler500 = "cms.errors.server_error"
if settings.DEBUG:
    urlpatterns.insert(0, path("styleguide/", include("cms.styleguide.urls")))
