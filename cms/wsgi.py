"""The WSGI entry point: `gunicorn cms.wsgi`."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
django_application = get_wsgi_application()

from assessments.sittings.gate import AutosaveGate  # noqa: E402 -- only now are there models

application = AutosaveGate(django_application)

# Reads all addresses and the views behind them now: a new worker's first visitor would wait a second for that.
reverse("healthz")

# What was loaded stays for good: looking through all of it for garbage would stop a reader for a tenth of a second.
gc.collect()
gc.freeze()
