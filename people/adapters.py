"""How allauth behaves here."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from administrators: nobody signs up, and no mail is needed to log in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
