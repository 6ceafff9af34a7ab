"""Free text in answers: what is kept of it, and how it is shortened."""

import unicodedata

from assessments.items.problems import gettext_noop as _
from assessments.items.problems import refuse_response

# A guard for the database, far above any limit a question states. Going over a stated limit is the marker's business:
# refusing the save would lose what the candidate wrote.
MOST_CHARACTERS = 20_000
SUMMARY_CHARACTERS = 80


def clean_text(where: str, raw: object) -> str:
    """The text with one kind of newline and without control characters (a database refuses some of them).

    None and a list of one string, as a form posts it, are accepted. Raises ResponseInvalid.
    """
    if raw is None:
        return ""
    text = raw[0] if isinstance(raw, list | tuple) and len(raw) == 1 else raw
    if not isinstance(text, str):
        refuse_response(where, _("This is not an answer to this question."))
    if len(text) > MOST_CHARACTERS:
        refuse_response(where, _("The text is longer than %(most)s characters."), most=MOST_CHARACTERS)
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(filter(_is_kept, lines)).strip()


def _is_kept(character: str) -> bool:
    return character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cs"}


def shorten(text: str) -> str:
    """The text on one line, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= SUMMARY_CHARACTERS else f"{line[: SUMMARY_CHARACTERS - 1]}…"
