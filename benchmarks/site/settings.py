"""The settings of one machine, without debugging, plus the addresses that answers are compared with."""

from cms.settings.dev import *  # noqa: F403

DEBUG = False
ROOT_URLCONF = "benchmarks.site.urls"
if DATABASES["default"]["ENGINE"].endswith("postgresql"):  # noqa: F405
    # as in production: a connection stays open between requests
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}  # noqa: F405
