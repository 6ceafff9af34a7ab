"""Scenarios that come in as files: our JSON, or a two-column Word table. What was there before stays a version."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Refusal
from people.models import Person
from simulations.authoring.editing import check_author
from simulations.authoring.starting import begin_draft, start_document
from simulations.drafts import EDITED, locked_draft, new_draft, write_edition
from simulations.engine.document import MAX_DOCUMENT
from simulations.engine.worddocument import WordRefused, table_rows
from simulations.engine.wordtable import TableInvalid, document_of
from simulations.models import KEY_LENGTH, ScenarioDraft
from simulations.scenarios import InvalidDocument, read_document, read_text
from simulations.wording import told

MOST_BYTES = 4 * MAX_DOCUMENT
_KEY = re.compile(r"[A-Za-z0-9_-]+\Z")


class TableRefused(Refusal):
    """A Word file that tells no story. `problems` says of every fault its row and what is expected there."""

    code = "invalid_table"

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def decoded(content: bytes) -> str:
    """The text of a JSON file. Raises Refusal for one that is too large or no text."""
    if len(content) > MOST_BYTES:
        raise Refusal(_("The file is too large for a scenario."), code="too_large")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Refusal(
            _("line %(line)s: the file is not UTF-8 text") % {"line": line}, code="not_text"
        ) from None


def import_document(
    *, text: str, unfinished: bool = False, by: Person | None, now: datetime
) -> ScenarioDraft:
    """Keep a JSON file as the draft of its `id`: a new one, or the next saved version of the one that is there.

    The very same content changes nothing; another order of keys is another content. With `unfinished` a document may
    hold mistakes, as drafts may. Raises InvalidDocument, every problem with its line; Refusal "unstorable"; NotAllowed.
    """
    check_author(by, now)
    document = read_text(text)
    try:
        key = _key_of(document) if unfinished else read_document(document).scenario.id
    except InvalidDocument as invalid:
        raise invalid.located(text) from None
    assert isinstance(document, dict)  # noqa: S101 - both ways of reading saw to it
    with transaction.atomic():
        draft = locked_draft(key=key)
        if draft is None:
            return new_draft(key=key, document=document, by=by, now=now, action=EDITED)
        return write_edition(draft=draft, document=document, by=by, now=now, action=EDITED)


def _key_of(document: object) -> str:
    key = document.get("id") if isinstance(document, dict) else None
    if not isinstance(key, str) or not _KEY.match(key) or len(key) > KEY_LENGTH:
        raise Refusal(_("The file has no usable id: Latin letters, digits, - and _."), code="key")
    return key


def import_table(*, content: bytes, key: str, title: str, by: Person | None, now: datetime) -> ScenarioDraft:
    """A new draft from a Word table: its situations, choices and endings, no effects yet.

    The table's own title counts before `title`. Raises TableRefused; what `begin_draft` raises.
    """
    check_author(by, now)
    try:
        document = document_of(table_rows(content), start_document(key=key, title=title or key))
    except WordRefused as refused:
        raise TableRefused((told(refused.message),)) from None
    except TableInvalid as invalid:
        raise TableRefused(tuple(told(problem) for problem in invalid.problems)) from None
    return _begun(document, key=key, by=by, now=now)


@transaction.atomic
def _begun(document: dict[str, Any], *, key: str, by: Person | None, now: datetime) -> ScenarioDraft:
    draft = begin_draft(title=str(document["title"]), key=key, by=by, now=now)
    return write_edition(draft=draft, document=document, by=by, now=now)
