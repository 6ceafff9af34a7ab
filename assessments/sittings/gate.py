"""Saves and pulses answered in front of Django's own handler.

A hall of candidates sends little else. What Django does around a view (its request, the chain of middleware, finding
the address) takes as long as the save itself (benchmarks/answers.py), and a save that carries its token needs none of
it. What is left to do here: the connection is looked after as for every request, and a server that answers over HTTPS
alone does so here too. Where another handler serves the site, `AutosaveMiddleware` answers instead.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import close_old_connections

from assessments.sittings.autosave import ADDRESS, RETRY_SECONDS, TOKEN, Reply, answer

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

logger = logging.getLogger("django.request")


class AutosaveGate:
    """A WSGI application in front of another: takes the posts that carry a token, lets everything else pass."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.headers = [
            ("Content-Type", "application/json"),
            ("Cache-Control", "private, no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", settings.SECURE_REFERRER_POLICY),
        ]

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        token = environ.get(TOKEN)
        if not token or environ["REQUEST_METHOD"] != "POST":
            return self.application(environ, start_response)
        found, length = ADDRESS.fullmatch(environ.get("PATH_INFO", "")), _length(environ)
        if found is None or length is None or not _is_safe(environ):
            return self.application(environ, start_response)
        body = environ["wsgi.input"].read(length)
        reply = _answer(environ, UUID(found[1]), found[2], token, body)
        return self._send(reply, start_response)

    def _send(self, reply: Reply, start_response: StartResponse) -> Iterable[bytes]:
        content = json.dumps(reply.data, cls=DjangoJSONEncoder).encode()
        headers = [*self.headers, ("Content-Length", str(len(content)))]
        if reply.status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers.append(("Retry-After", RETRY_SECONDS))
        start_response(f"{reply.status} {HTTPStatus(reply.status).phrase}", headers)
        return [content]


def _answer(environ: Environ, attempt_id: UUID, what: str, token: str, body: bytes) -> Reply:
    """The reply, with the database connection opened and put away as Django does around a request."""
    close_old_connections()
    try:
        return answer(attempt_id, what, token, body)
    except Exception:
        logger.exception("Internal Server Error: %s", environ.get("PATH_INFO"))
        return Reply(500, {"error": "error", "message": ""})
    finally:
        close_old_connections()


def _length(environ: Environ) -> int | None:
    """How long the body is; None where Django should say what is wrong with it."""
    said = environ.get("CONTENT_LENGTH") or ""
    if not said.isdecimal() or int(said) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0):
        return None
    return int(said)


def _is_safe(environ: Environ) -> bool:
    """Whether the request came over HTTPS, where the site asks for that; else Django redirects it."""
    if not settings.SECURE_SSL_REDIRECT or environ.get("wsgi.url_scheme") == "https":
        return True
    header = settings.SECURE_PROXY_SSL_HEADER
    return header is not None and environ.get(header[0], "").split(",")[0].strip() == header[1]
