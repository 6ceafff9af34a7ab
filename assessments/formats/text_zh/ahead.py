"""What the next lines say, where a line alone does not tell what it is. No line is read on from for long."""

from assessments.formats.text_zh.answers import short_answers
from assessments.formats.text_zh.blocks import Line
from assessments.formats.text_zh.facts import begins_fact
from assessments.formats.text_zh.heads import GUESSED, question_head
from assessments.formats.text_zh.lexing import MARK, Section, numbered_part, question_label, section_head
from assessments.formats.text_zh.options import option_label


def next_text(lines: list[Line], place: int) -> str:
    """The next line that says something."""
    texts = (lines[at].text.strip() for at in range(place, len(lines)))
    return next(filter(None, texts), "")


def begins_numbered(lines: list[Line], place: int) -> bool:
    """Whether the next line that says something begins with a number of any kind."""
    text = next_text(lines, place)
    return bool(question_label(text) or numbered_part(text))


def looks_like_key(lines: list[Line], place: int) -> bool:
    """Whether the next line that says something is one of a key: a section's number, or numbers with short answers."""
    text = next_text(lines, place)
    if text.startswith(MARK):
        return False
    if section_head(text):
        return True
    part = numbered_part(text)
    return bool(short_answers(text[part[1] :] if part else text))


def begins_options(text: str) -> bool:
    """Whether a line begins with A."""
    label = option_label(text)
    return label is not None and label.style == "letter" and label.index == 0


def asks(lines: list[Line], place: int, section: Section) -> bool:
    """Whether options or an answer come before the next number or heading: then a doubtful head is a question's."""
    if section.kind is not None:
        return True
    for at in range(place + 1, len(lines)):
        text = lines[at].text.lstrip()
        if text.startswith(MARK):
            continue
        label = option_label(text)
        if (label and label.index == 0) or begins_fact(text):
            return True
        head = question_head(text)
        if lines[at].heading or (head and head.label.style not in GUESSED | {"paren"}):
            return False
    return False


def lacks_number(lines: list[Line], place: int, section: Section) -> bool:
    """Whether this is the first question of its section, its number forgotten: options follow, and then a number."""
    if section.kind not in ("single", "multiple", "choice") or not begins_options(
        next_text(lines, place + 1)
    ):
        return False
    firsts = 0
    for at in range(place + 1, len(lines)):
        text = lines[at].text.lstrip()
        firsts += begins_options(text)
        if firsts > 1 or question_label(text) or section_head(text):
            break
    return firsts == 1
