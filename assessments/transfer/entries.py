"""Entries of a file on their way into the bank: checked, compared with what is there, stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.bank.cataloguing import LONGEST_TAG, Filing
from assessments.bank.media import missing_files
from assessments.formats import Draft, Found
from assessments.formats.media import called
from assessments.items import Message
from assessments.items.media import files_of
from assessments.items.problems import gettext_noop
from assessments.models import LineFate, Question, QuestionStatus, QuestionVersion
from assessments.transfer.drafts import Bank, content_of, says_the_same
from assessments.wording import in_words
from core import audit
from core.errors import Refusal
from core.hashing import content_hash
from library.models import PolicyClause
from people.models import Person

LONGEST_CATEGORY = 200

Keep = Callable[[bytes, str], str]
"""Takes the bytes and the name of a picture or sound, gives its name in the bank; raises Refusal."""


@dataclass(frozen=True)
class Entry:
    """One entry of a file, told in the reader's language. Without `content` it cannot be taken, and `reason` says why.

    `content` is as `bank.checked_content` has it; `filing` counts for a new question only. `lacks_files`: a picture or
    sound of it was refused, so that it may ask about something nobody sees.
    """

    where: str
    content: dict[str, Any] | None = None
    filing: Filing = field(default_factory=Filing)
    reason: str = ""
    warnings: tuple[str, ...] = ()
    lacks_files: bool = False


def entries_of(
    portion: Sequence[Found], bank: Bank, keep: Keep, *, carries_media: bool = True
) -> list[Entry]:
    """What was found as the bank would have it; pictures and sounds are handed to `keep`. Three queries at most.

    A file that does not carry media (see `formats.Format`) takes none away from the questions of ours that it names.
    """
    if not carries_media:
        portion = _with_own_media(portion)
    drafts = [found.draft for found in portion if found.draft]
    named = {key for draft in drafts for key in _named_clauses(draft)}
    known = set(PolicyClause.objects.filter(key__in=named).values_list("key", flat=True)) if named else set()
    absent = {file for draft in drafts for file in files_of(draft.body) if file not in draft.files}
    held = absent - set(missing_files(absent)) if absent else absent
    return [_entry(found, bank, _carried(keep, held), known) for found in portion]


def _with_own_media(portion: Sequence[Found]) -> Sequence[Found]:
    """With the pictures and sounds that the bank has for the questions named by key. One query."""
    keys = [_own_key(found) for found in portion]
    newest = QuestionVersion.objects.newest().filter(question__key__in=filter(None, keys))
    media = dict(newest.filter(body__has_key="media").values_list("question__key", "body__media"))
    return [
        _given(found, media[key]) if key in media else found for found, key in zip(portion, keys, strict=True)
    ]


def _own_key(found: Found) -> str:
    """The key of the bank that a draft without media brings; empty for others."""
    if found.draft is None or "media" in found.draft.body:
        return ""
    return str(found.draft.extra.get("key", ""))


def _given(found: Found, media: list[dict[str, str]]) -> Found:
    draft = replace(found.draft, body={**found.draft.body, "media": media}) if found.draft else None
    told = Message(gettext_noop("This kind of file has no pictures and sounds: those of the bank stay."))
    return replace(found, draft=draft, warnings=(*found.warnings, told))


def _carried(keep: Keep, held: Collection[str]) -> Keep:
    """Files that a draft only names are as good as kept when the bank holds them."""

    def kept(content: bytes, name: str) -> str:
        if not content and name in held:
            return name
        if not content:
            raise Refusal(_("This picture or sound is not in the file."))
        return keep(content, name)

    return kept


def _entry(found: Found, bank: Bank, keep: Keep, clauses: Collection[str]) -> Entry:
    where = in_words(found.where)
    warnings = [in_words(warning) for warning in found.warnings]
    if found.draft is None:
        reason = in_words(found.reason) if found.reason else ""
        return Entry(where, reason=reason, warnings=tuple(warnings))
    try:
        content = content_of(_with_files(found.draft, keep, warnings), bank)
    except Refusal as refusal:
        return Entry(where, reason=str(refusal), warnings=tuple(warnings))
    filing = _filing(found.draft, clauses, warnings)
    lacks = len(content["body"].get("media", ())) < len(found.draft.body.get("media", ()))
    return Entry(where, content, filing, warnings=tuple(warnings), lacks_files=lacks)


def _with_files(draft: Draft, keep: Keep, warnings: list[str]) -> Draft:
    """The draft with its pictures and sounds under the names the bank has for them; a refused one leaves it.

    Raises Refusal for a question whose places lie on a refused picture.
    """
    names, refused = {}, set()
    for file in files_of(draft.body):
        try:
            names[file] = keep(draft.files.get(file, b""), file)
        except Refusal as refusal:
            if file == draft.body.get("image", {}).get("file"):
                raise
            refused.add(file)
            warnings.append(f"{file}: {refusal}")
    media = [each for each in draft.body.get("media", ()) if each["file"] not in refused]
    body = {name: value for name, value in draft.body.items() if name != "media"}
    return called(replace(draft, body=body | ({"media": media} if media else {})), names)


def _filing(draft: Draft, clauses: Collection[str], warnings: list[str]) -> Filing:
    """Where a draft says it belongs; what cannot be filed so is told."""
    category = "/".join(filter(None, (part.replace("/", " ").strip() for part in draft.category)))
    if len(category) > LONGEST_CATEGORY:
        warnings.append(_("The category was cut: %(text)s") % {"text": category})
    tags = tuple(dict.fromkeys(tag.strip() for tag in draft.tags if tag.strip()))
    if long := [tag for tag in tags if len(tag) > LONGEST_TAG]:
        warnings.append(_("Tags that are too long were left out: %(tags)s") % {"tags": ", ".join(long)})
    named = _named_clauses(draft)
    if unknown := [key for key in named if key not in clauses]:
        warnings.append(_("The library has no clause %(keys)s.") % {"keys": ", ".join(unknown)})
    return Filing(
        category=category[:LONGEST_CATEGORY],
        tags=tuple(tag for tag in tags if tag not in long),
        review_on=_review_on(draft, warnings),
        clauses=tuple(key for key in named if key in clauses),
    )


def _named_clauses(draft: Draft) -> tuple[str, ...]:
    named = draft.extra.get("clauses", ())
    named = named if isinstance(named, list | tuple) else ()
    return tuple(dict.fromkeys(key for key in named if isinstance(key, str)))


def _review_on(draft: Draft, warnings: list[str]) -> date | None:
    written = draft.extra.get("review_on")
    try:
        return date.fromisoformat(written) if written else None
    except (TypeError, ValueError):
        warnings.append(_("“%(text)s” is no date like 2027-01-31.") % {"text": written})
        return None


def newest_of(keys: Iterable[str]) -> dict[str, QuestionVersion]:
    """The newest version of each of these questions that has one, by key. One query."""
    versions = QuestionVersion.objects.newest().filter(question__key__in=list(keys))
    return {version.question.key: version for version in versions.select_related("question")}


def fates_of(entries: Sequence[Entry], said: dict[str, str]) -> list[LineFate]:
    """What storing these entries, one after the other, would do; all of them have content. One query.

    `said` is what earlier entries of the file say, key → content hash; these are added to it.
    """
    return _fates(entries, newest_of(_keys(entries)), said)


def _fates(
    entries: Sequence[Entry], newest: dict[str, QuestionVersion], said: dict[str, str]
) -> list[LineFate]:
    fates = []
    for entry in entries:
        content = entry.content or {}
        key, digest = content["key"], content_hash(content)
        if key in said:
            fate = LineFate.SAME if said[key] == digest else LineFate.CHANGED
        elif key in newest:
            fate = LineFate.SAME if says_the_same(newest[key], content) else LineFate.CHANGED
        else:
            fate = LineFate.NEW
        said[key] = digest
        fates.append(fate)
    return fates


@transaction.atomic
def store_entries(*, entries: Sequence[Entry], by: Person | None, now: datetime) -> list[LineFate]:
    """Store these entries, all of which have content, one after the other; says what became of each.

    New and changed questions are drafts: somebody is to review them. What the bank has already is left alone. One audit
    entry for all. The caller checks that `by` may.
    """
    if not entries:
        return []
    questions = _questions(entries, by)
    newest = newest_of(questions)
    fates = _fates(entries, newest, {})
    numbers = {key: version.number for key, version in newest.items()}
    versions = []
    for entry, fate in zip(entries, fates, strict=True):
        if entry.content and fate != LineFate.SAME:
            key = entry.content["key"]
            numbers[key] = numbers.get(key, 0) + 1
            versions.append(QuestionVersion.of(questions[key], numbers[key], entry.content, by=by, now=now))
    if versions:
        QuestionVersion.objects.bulk_create(versions)
        _begin_anew(versions)
        _cite(entries, fates, questions)
        _record(versions, by, now)
    return fates


def _keys(entries: Iterable[Entry]) -> list[str]:
    return sorted({entry.content["key"] for entry in entries if entry.content})


def _questions(entries: Sequence[Entry], by: Person | None) -> dict[str, Question]:
    """The questions of these entries by key, locked; those that are not there yet are made and filed."""
    made = {
        entry.content["key"]: Question(
            key=entry.content["key"],
            category=entry.filing.category,
            tags=list(entry.filing.tags),
            review_on=entry.filing.review_on,
            author=by,
        )
        for entry in reversed(entries)  # the first of several that have one key files it
        if entry.content
    }
    Question.objects.bulk_create(made.values(), ignore_conflicts=True)
    found = Question.objects.select_for_update().filter(key__in=list(made)).order_by("pk")
    return {question.key: question for question in found}


def _begin_anew(versions: Sequence[QuestionVersion]) -> None:
    ids = {version.question_id for version in versions}
    Question.objects.filter(pk__in=ids).update(status=QuestionStatus.DRAFT)


def _cite(entries: Sequence[Entry], fates: Sequence[LineFate], questions: dict[str, Question]) -> None:
    """Tie new questions to the clauses they rest on."""
    wanted = [
        (entry.content["key"], clause)
        for entry, fate in zip(entries, fates, strict=True)
        if entry.content and fate == LineFate.NEW
        for clause in entry.filing.clauses
    ]
    if not wanted:
        return
    clauses = dict(
        PolicyClause.objects.filter(key__in={clause for _key, clause in wanted}).values_list("key", "pk")
    )
    through = Question.clauses.through
    through.objects.bulk_create(
        through(question_id=questions[key].pk, policyclause_id=clauses[clause])
        for key, clause in wanted
        if clause in clauses
    )


def _record(versions: Sequence[QuestionVersion], by: Person | None, now: datetime) -> None:
    keys = sorted({version.question.key for version in versions})
    audit.record(
        action="questions.imported",
        target="assessments.bank",
        by=by,
        now=now,
        questions=len(versions),
        content_hash=content_hash(keys),
    )
