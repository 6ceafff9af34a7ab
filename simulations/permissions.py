"""Who may open the scenarios in the editor's admin: authors and administrators, to write, prove and release them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from wagtail.permission_policies.base import BasePermissionPolicy

from people.models import Account, RoleAssignment
from people.roles import has_role
from simulations.releasing import RELEASING_ROLES

ACTIONS = ("view", "add", "change")
"""Nothing is ever deleted: releases, runs and saved versions stand on a draft's key."""


class ScenarioPermissionPolicy(BasePermissionPolicy):
    """Looking and writing take a role that may release."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether a role holds today, asked of the dated assignments rather than of a group that may be stale."""
        if action not in ACTIONS or not user.is_authenticated or user.person is None:
            return False
        return has_role(user.person, *RELEASING_ROLES, on=timezone.localdate())

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Account]:
        """Accounts that may look and write."""
        if not set(ACTIONS) & set(actions):
            return Account.objects.none()
        held = RoleAssignment.objects.active(on=timezone.localdate()).filter(role__in=RELEASING_ROLES)
        return Account.objects.filter(person__in=held.values("person"), is_active=True)
