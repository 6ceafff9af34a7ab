"""The Celery application: `celery -A cms worker -B` on one machine, worker and beat apart in production."""

import os
from pathlib import Path

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
app = Celery("qinglan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(lambda: settings.ROOMS)

for key, folder in getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {}).items():
    if key.endswith("_folder") or key.startswith("data_folder"):
        Path(folder).mkdir(parents=True, exist_ok=True)
