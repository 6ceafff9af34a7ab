"""The settings of one machine after the next release was unpacked."""

from cms.settings.dev import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos.upgrade"]  # noqa: F405
