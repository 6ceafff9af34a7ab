"""What every installation shares. Values that differ between machines come from the environment."""

from pathlib import Path

import environ
from celery.schedules import crontab

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(env("QINGLAN_VAR", default=str(BASE_DIR / "var")))

SITE_TITLE = "青蓝"
ISSUER_CODE = env("QINGLAN_ISSUER_CODE", default="QHXY")
THEMES_ROOT = env("QINGLAN_THEMES", default="")  # a folder of themes beside the house's own
ISSUER_NAME = env("QINGLAN_ISSUER_NAME", default="青禾区社区治理学院")
BASE_URL = env("QINGLAN_BASE_URL", default="http://localhost:8000")

ROOMS = [
    "core",
    "people",
    "competencies",
    "library",
    "simulations",
    "assessments",
    "mentoring",
    "courses",
    "certificates",
    "cms",
]

INSTALLED_APPS = [
    *ROOMS,
    "wagtail.users",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.NoNulBytesMiddleware",
    "assessments.sittings.autosave.AutosaveMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cms.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cms.middleware.FormAddressMiddleware",
    "cms.middleware.AdminMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# the form of one situation of a scenario has some hundreds of fields, a long one over a thousand
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "cms" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cms.context_processors.site",
            ],
        },
    },
]

# SQLite here writes like a server: WAL so readers never wait, IMMEDIATE so writers queue instead of failing,
# recursive_triggers so that INSERT OR REPLACE cannot slip a delete past an append-only table.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
        "PRAGMA recursive_triggers=ON; PRAGMA cache_size=-32000;"
    ),
}
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'qinglan.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    # opening the file and reading the schema anew would cost each request more than all its queries
    DATABASES["default"]["CONN_MAX_AGE"] = 60
CACHES = {
    "default": env.cache("CACHE_URL", default="dbcache://django_cache"),
    # pieces of pages that never change (parts of released versions), kept by each process for itself
    "fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "fragments",
        "OPTIONS": {"MAX_ENTRIES": 4000},
    },
}

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "staff_number"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_DISPLAY = str  # an account calls itself by its bearer's name
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody is invited by a letter to sign up where signing up is closed
ACCOUNT_PRESERVE_USERNAME_CASING = True
# Locked by account, never by address alone: a whole exam hall sits behind one address (faults.md, row 27).
ACCOUNT_RATE_LIMITS = {"login": False, "login_failed": "5/10m/key"}
ADMIN_REQUIRES_MFA = env.bool("QINGLAN_ADMIN_MFA", default=False)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_TITLE

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
# What Wagtail itself does not say in Chinese (tests/test_translations.py finds what a new version adds).
LOCALE_PATHS = [BASE_DIR / "cms" / "locale_wagtail", BASE_DIR / "cms" / "locale_libraries"]
WAGTAIL_CONTENT_LANGUAGES = [("zh-hans", "简体中文")]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]

TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS: list[Path] = []
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
PRIVATE_ROOT = VAR_DIR / "private"
FONTS_DIR = VAR_DIR / "fonts"  # fonts cut down for printing, made when they are missing
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

WAGTAIL_SITE_NAME = SITE_TITLE
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.admin.forms.ImageForm"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms.admin.forms.DocumentForm"
WAGTAILIMAGES_EXTENSIONS = ["svg", "png", "jpg", "jpeg", "webp"]
WAGTAILDOCS_EXTENSIONS = ["csv", "xlsx", "docx", "pdf", "mp4", "webm"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
# Looks for the words as they stand: the databases' own full-text search finds no word in a Chinese title.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database.fallback"}}
TAGGIT_CASE_INSENSITIVE = True

# Strict for people; Wagtail's admin needs inline scripts and styles: its pages get their own (cms.middleware).
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    },
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# Jobs are rows; a message is only a nudge. The filesystem transport needs no server (docs/adr/0004).
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="filesystem://localhost")
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
if CELERY_BROKER_URL.startswith("filesystem"):
    BROKER_DIR = VAR_DIR / "broker"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "processed_folder": str(BROKER_DIR / "done"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
    }
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "seal-audit-entries": {"task": "core.seal_audit_entries", "schedule": 30.0},
    "submit-overdue-attempts": {"task": "assessments.submit_overdue_attempts", "schedule": 30.0},
    "resume-certificate-batches": {"task": "certificates.resume_batches", "schedule": 30.0},
    "resume-print-runs": {"task": "certificates.resume_print_runs", "schedule": 30.0},
    "clear-print-runs": {"task": "certificates.clear_print_runs", "schedule": crontab(hour=4, minute=35)},
    "open-certificate-cases": {"task": "certificates.open_ground_cases", "schedule": 60.0},
    "remind-of-expiring-certificates": {
        "task": "certificates.remind_expiring",
        "schedule": crontab(hour="7-19", minute=30),  # a missed hour is made up for
    },
    "resume-bank-imports": {"task": "assessments.resume_imports", "schedule": 60.0},
    "resume-mark-sheets": {"task": "assessments.resume_mark_sheets", "schedule": 60.0},
    "resume-analyses": {"task": "assessments.resume_analyses", "schedule": 60.0},
    "analyse-closed-exams": {"task": "assessments.analyse_closed", "schedule": crontab(hour=1, minute=40)},
    "resume-regrades": {"task": "assessments.resume_regrades", "schedule": 60.0},
    "resume-hindsights": {"task": "simulations.resume_hindsights", "schedule": 60.0},
    "resume-run-regrades": {"task": "simulations.resume_run_regrades", "schedule": 60.0},
    "resume-scenario-checks": {"task": "simulations.resume_checks", "schedule": 60.0},
    "resume-scheme-previews": {"task": "assessments.resume_previews", "schedule": 60.0},
    # again and again through the night: a review that is finished, or under way elsewhere, is left alone
    "review-decisions": {
        "task": "assessments.review_decisions",
        "schedule": crontab(hour="2-5", minute="*/10"),
    },
    "complete-marked-papers": {"task": "assessments.complete_marked", "schedule": 60.0},
    "remind-markers": {"task": "assessments.remind_markers", "schedule": crontab(minute=25)},
    "reconsider-due-decisions": {"task": "assessments.reconsider_due", "schedule": 60.0},
    "forget-old-keys": {"task": "core.forget_old_keys", "schedule": crontab(hour=4, minute=20)},
    "remind-authors-of-reviews": {
        "task": "assessments.remind_authors",
        "schedule": crontab(hour=7, minute=10),
    },
}

# Fernet keys, newest first; the first encrypts, all decrypt, so a key can be rotated in.
FIELD_ENCRYPTION_KEYS: list[str] = env.list("QINGLAN_FIELD_KEYS", default=[])

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("QINGLAN_LOG_LEVEL", default="WARNING")},
    "loggers": {"fontTools": {"level": "ERROR"}, "weasyprint": {"level": "ERROR"}},
}
