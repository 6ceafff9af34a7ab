"""For load balancers: alive, and able to work."""

from __future__ import annotations

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from core.clocks import MOST_SKEW, skew


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """The database and the cache answer, and the clocks agree within two seconds; otherwise 503 and which did not."""
    database = _database_answers()
    checks = {"database": database, "clocks": database and _clocks_agree(), "cache": _cache_answers()}
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except Exception:
        return False


def _clocks_agree() -> bool:
    """False too where the other clock cannot be read."""
    try:
        return skew() <= MOST_SKEW
    except Exception:
        return False


def _cache_answers() -> bool:
    try:
        cache.set("readyz", "ok", 5)
        return cache.get("readyz") == "ok"
    except Exception:
        return False
