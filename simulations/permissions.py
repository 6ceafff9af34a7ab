"""Who may open the scenarios in the editor's admin: authors and administrators, and only to look and release."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from wagtail.permission_policies.base import BasePermissionPolicy

from people.models import Account, RoleAssignment
from people.roles import has_role
from simulations.releasing import RELEASING_ROLES


class ScenarioPermissionPolicy(BasePermissionPolicy):
    """Looking takes a role that may release; nothing is added, changed or deleted here: documents are imported."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether a role holds today, asked of the dated assignments rather than of a group that may be stale."""
        if action != "view" or not user.is_authenticated or user.person is None:
            return False
        return has_role(user.person, *RELEASING_ROLES, on=timezone.localdate())

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Account]:
        """Accounts that may look."""
        if "view" not in actions:
            return Account.objects.none()
        held = RoleAssignment.objects.active(on=timezone.localdate()).filter(role__in=RELEASING_ROLES)
        return Account.objects.filter(person__in=held.values("person"), is_active=True)
