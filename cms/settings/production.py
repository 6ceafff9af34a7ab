"""Production: every secret from the environment; a missing one stops the start (docs/adr/0004)."""

from django.core.exceptions import ImproperlyConfigured

from cms.settings.base import *

DEBUG = False
SECRET_KEY = env("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
BASE_URL = WAGTAILADMIN_BASE_URL = env("QINGLAN_BASE_URL")
DATABASES = {"default": {**env.db("DATABASE_URL"), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
CACHES["default"] = env.cache("CACHE_URL")
CELERY_BROKER_URL = env("CELERY_BROKER_URL")
FIELD_ENCRYPTION_KEYS = env.list("QINGLAN_FIELD_KEYS")
if not FIELD_ENCRYPTION_KEYS:
    raise ImproperlyConfigured("QINGLAN_FIELD_KEYS is empty: ID numbers could not be encrypted")
ADMIN_REQUIRES_MFA = env.bool("QINGLAN_ADMIN_MFA", default=True)
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [BASE_URL]
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("ALLAUTH_TRUSTED_PROXY_COUNT", default=1)
vars().update(env.email("EMAIL_URL", default="smtp://localhost:25"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="webmaster@localhost")
