"""Who may open the question bank in the editor's admin: authors and administrators, and only to look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from wagtail.permission_policies.base import BasePermissionPolicy

from people.models import Account, Role, RoleAssignment
from people.roles import has_role

READERS = (Role.AUTHOR, Role.ADMINISTRATOR)


class BankPermissionPolicy(BasePermissionPolicy):
    """Nothing is added, changed or deleted in the admin: questions come in by `bank.store_question`."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether a role holds today, asked of the dated assignments rather than of a group that may be stale."""
        if action != "view" or not user.is_authenticated or user.person is None:
            return False
        return has_role(user.person, *READERS, on=timezone.localdate())

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Account]:
        """Accounts that may look."""
        if "view" not in actions:
            return Account.objects.none()
        held = RoleAssignment.objects.active(on=timezone.localdate()).filter(role__in=READERS)
        return Account.objects.filter(person__in=held.values("person"), is_active=True)


def can_read_keys(user: Any) -> bool:
    """Whether right answers may be shown: to authors only."""
    return user.person is not None and has_role(user.person, Role.AUTHOR, on=timezone.localdate())
