"""The suite: a SQLite file (never in memory: threads must see locks), or PostgreSQL by DATABASE_URL."""

import tempfile
from pathlib import Path

from cms.settings.base import *

DEBUG = False
SECRET_KEY = "test-only"
ALLOWED_HOSTS = ["*"]
FIELD_ENCRYPTION_KEYS = ["dGVzdC1vbmx5LWtleS10aGlydHktdHdvLWJ5dGVzISE="]
VAR_DIR = Path(tempfile.mkdtemp(prefix="qinglan-test-"))
MEDIA_ROOT = VAR_DIR / "media"
PRIVATE_ROOT = VAR_DIR / "private"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir()
TEST_POSTGRES = env("QINGLAN_TEST_POSTGRES", default="")
if TEST_POSTGRES:
    DATABASES = {"default": env.db("QINGLAN_TEST_POSTGRES")}
DATABASES["default"].setdefault("TEST", {})
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"]["NAME"] = VAR_DIR / "test.sqlite3"
CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# a message that no worker of a test takes ends with the process, not in the project's own var/
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="memory://")
CELERY_BROKER_TRANSPORT_OPTIONS = {}
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_TASK_ALWAYS_EAGER", default=True)
CELERY_TASK_EAGER_PROPAGATES = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ACCOUNT_RATE_LIMITS = {}
