"""For load balancers: alive, and able to work."""

from __future__ import annotations

from datetime import UTC, datetime

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

MAX_SKEW_SECONDS = 2.0


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """The database and cache answer and the clocks agree within two seconds; otherwise 503 and which did not."""
    checks = {"database": _database_agrees(), "cache": _cache_answers()}
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


def _database_agrees() -> bool:
    now = "CURRENT_TIMESTAMP" if connection.vendor == "sqlite" else "clock_timestamp()"
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {now}")
            answer = cursor.fetchone()[0]
    except Exception:
        return False
    told = datetime.fromisoformat(answer) if isinstance(answer, str) else answer
    told = told if told.tzinfo else told.replace(tzinfo=UTC)
    # SQLite tells whole seconds, hence one more second of grace there
    grace = MAX_SKEW_SECONDS + (1 if connection.vendor == "sqlite" else 0)
    return abs((datetime.now(UTC) - told).total_seconds()) <= grace


def _cache_answers() -> bool:
    try:
        cache.set("readyz", "ok", 5)
        return cache.get("readyz") == "ok"
    except Exception:
        return False
