"""The settings of one machine, without debugging, plus the addresses that answers are compared with."""

from cms.settings.dev import *  # noqa: F403

DEBUG = False
ROOT_URLCONF = "benchmarks.site.urls"
