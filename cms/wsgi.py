"""The WSGI entry point: `gunicorn cms.wsgi`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
application = get_wsgi_application()

# What was loaded stays for good: looking through all of it for garbage would stop a reader for a tenth of a second.
gc.collect()
gc.freeze()
