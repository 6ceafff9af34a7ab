"""The site's addresses as in development, whatever DEBUG was when `cms.urls` was loaded."""

from django.urls import include, path

from cms import urls

handler400, handler500 = urls.handler400, urls.handler500
urlpatterns = [path("styleguide/", include("cms.styleguide.urls")), *urls.urlpatterns]
