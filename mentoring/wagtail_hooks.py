"""Registers mentoring with the Wagtail admin."""

from __future__ import annotations

from wagtail import hooks
from wagtail.permissions import register_permission_policy

from mentoring.models import Pairing
from mentoring.viewsets import PairingPolicy, PairingViewSet

register_permission_policy(Pairing, PairingPolicy(Pairing))


@hooks.register("register_admin_viewset")
def pairing_viewset() -> PairingViewSet:
    """The list of pairings."""
    return PairingViewSet()
