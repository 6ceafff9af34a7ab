"""The site: settings, pages that combine rooms, the demo pack."""

from cms.celery import app as celery_app

__all__ = ["celery_app"]
