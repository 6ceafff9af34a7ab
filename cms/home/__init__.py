"""The first page: a door for visitors, and for each role what to do next."""

from cms.home.views import home

__all__ = ["home"]
