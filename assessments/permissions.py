"""Who may open the question bank in the editor's admin: authors and administrators; what they may see of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from wagtail.permission_policies.base import BasePermissionPolicy

from people.models import Account, Role, RoleAssignment
from people.roles import has_role

READERS = (Role.AUTHOR, Role.ADMINISTRATOR)


class BankPermissionPolicy(BasePermissionPolicy):
    """Wagtail itself adds, changes and deletes nothing here: questions are written in `admin.editing`, for authors."""

    roles: ClassVar[tuple[Role, ...]] = READERS

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether a role holds today, asked of the dated assignments rather than of a group that may be stale."""
        return action == "view" and user.is_authenticated and _holds(user, *self.roles)

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Account]:
        """Accounts that may look."""
        if "view" not in actions:
            return Account.objects.none()
        held = RoleAssignment.objects.active(on=timezone.localdate()).filter(role__in=self.roles)
        return Account.objects.filter(person__in=held.values("person"), is_active=True)


class AuthorsPermissionPolicy(BankPermissionPolicy):
    """For what shows keys: authors alone may look."""

    roles = (Role.AUTHOR,)


def can_read_bank(user: Any) -> bool:
    """Whether questions may be looked at, without what gives their answers away."""
    return _holds(user, *READERS)


def can_read_keys(user: Any) -> bool:
    """Whether right answers may be shown and questions written: by authors only."""
    return _holds(user, Role.AUTHOR)


def _holds(user: Any, *roles: Role) -> bool:
    return user.person is not None and has_role(user.person, *roles, on=timezone.localdate())
