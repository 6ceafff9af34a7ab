"""Formats: questions in from a file and out into one. Pure: no Django, no database, nothing kept.

`FORMATS["gift"].read(file)` yields what was found, question by question; `.write(drafts, file)` tells what it could not
carry. To add a format, add one module with a subclass of `Format` and name it here.
"""

from assessments.formats.aiken import Aiken
from assessments.formats.django_quiz import DjangoQuiz
from assessments.formats.docx import Docx
from assessments.formats.exchange import Draft, FileRefused, Format, Found, Loss, renumbered
from assessments.formats.gift import Gift
from assessments.formats.moodle_xml import MoodleXML
from assessments.formats.qti import QTI
from assessments.formats.text_zh import TextZh
from assessments.formats.xlsx import Xlsx

KINDS = (Aiken(), DjangoQuiz(), Docx(), Gift(), MoodleXML(), QTI(), TextZh(), Xlsx())
FORMATS: dict[str, Format] = {each.code: each for each in KINDS}

__all__ = ["FORMATS", "Draft", "FileRefused", "Format", "Found", "Loss", "renumbered"]
