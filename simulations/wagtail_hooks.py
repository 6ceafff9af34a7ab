"""Registers the simulations with the Wagtail admin."""

from __future__ import annotations

from wagtail import hooks
from wagtail.permissions import register_permission_policy

from simulations.models import ScenarioDraft
from simulations.permissions import ScenarioPermissionPolicy
from simulations.viewsets import ScenarioDraftViewSet

register_permission_policy(ScenarioDraft, ScenarioPermissionPolicy(ScenarioDraft))


@hooks.register("register_admin_viewset")
def scenario_drafts() -> ScenarioDraftViewSet:
    """The section 推演."""
    return ScenarioDraftViewSet()
