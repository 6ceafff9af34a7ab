"""What came after rehearsals (`pack/reviews.yaml`): notes in the margin, homework for the four lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cms.demo.histories.steps import HomeworkAnswered, HomeworkWritten, NoteWritten, Step
from cms.demo.histories.written import moment


def tell_reviews(told: Mapping[str, Any]) -> Iterator[Step]:
    """Everything of the file."""
    for each in told["notes"]:
        run = each["person"], each["number"]
        yield NoteWritten(moment(each["at"]), *run, each["by"], each["step"], each["text"])
    for each in told["homework"]:
        run = each["person"], each["number"]
        written = each["kind"], each["title"], each["text"]
        yield HomeworkWritten(moment(each["at"]), *run, each["step"], *written)
        if "answered" in each:
            answer = each["answered"]
            said = answer.get("key", ""), answer.get("advice", "")
            yield HomeworkAnswered(moment(answer["at"]), *run, each["title"], answer["by"], *said)
