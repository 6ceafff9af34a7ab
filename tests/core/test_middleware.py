"""Personal pages stay out of shared caches (faults.md row 20)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from core.middleware import PrivatePagesMiddleware
from people.models import Account


def answer(rf: RequestFactory, user: Any, **headers: str) -> HttpResponse:
    request = rf.get("/")
    request.user = user
    return PrivatePagesMiddleware(lambda _request: HttpResponse("x", headers=headers))(request)


def test_page_for_a_person_is_private(rf: RequestFactory) -> None:
    assert answer(rf, Account())["Cache-Control"] == "private, no-store"


def test_page_for_anybody_is_left_alone(rf: RequestFactory) -> None:
    assert "Cache-Control" not in answer(rf, AnonymousUser())


def test_page_that_hands_out_a_cookie_is_private(rf: RequestFactory) -> None:
    def with_cookie(_request: Any) -> HttpResponse:
        response = HttpResponse("x")
        response.set_cookie("csrftoken", "1")
        return response

    request = rf.get("/")
    assert PrivatePagesMiddleware(with_cookie)(request)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("policy", ["public, max-age=31536000, immutable", "private, max-age=60"])
def test_page_that_knows_better_keeps_its_policy(rf: RequestFactory, policy: str) -> None:
    assert answer(rf, Account(), **{"Cache-Control": policy})["Cache-Control"] == policy
