"""One machine, no servers: SQLite, filesystem broker, secrets that protect nothing."""

from cms.settings.base import *

DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY = env("SECRET_KEY", default="development-only-not-a-secret")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"])
FIELD_ENCRYPTION_KEYS = env.list(
    "QINGLAN_FIELD_KEYS", default=["ZGV2ZWxvcG1lbnQtb25seS1rZXktMzItYnl0ZXMhISE="]
)
# mail is printed where the server runs: there is nobody to send it
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
# static files straight from the rooms: nothing to collect on one machine
WHITENOISE_USE_FINDERS = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
