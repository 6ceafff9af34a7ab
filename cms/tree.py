"""The page tree below the root: the home page with the site pointing at it."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from wagtail.models import Locale, Page, Site

from cms.models import HomePage


def ensure_home() -> HomePage:
    """The home page, made once; Wagtail's own welcome page makes room for it."""
    home = HomePage.objects.first()
    if home is None:
        root = Page.get_first_root_node()
        locale, _created = Locale.objects.get_or_create(language_code="zh-hans")
        for welcome in root.get_children():
            if welcome.specific_class is Page:
                welcome.delete()
        root = Page.objects.get(pk=root.pk)
        home = root.add_child(instance=HomePage(title=settings.SITE_TITLE, slug="home", locale=locale))
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={**_address(), "root_page": home, "site_name": settings.SITE_TITLE},
    )
    return home


def _address() -> dict[str, str | int]:
    """Where the site is reached, from the settings."""
    base = urlsplit(settings.BASE_URL)
    return {
        "hostname": base.hostname or "localhost",
        "port": base.port or (443 if base.scheme == "https" else 80),
    }
