"""Questions out of the rows."""

from collections.abc import Iterator
from typing import Any

from assessments.formats.checking import found, skipped
from assessments.formats.django_quiz.dump import (
    CATEGORY,
    CHOICE,
    ESSAY,
    JUDGED,
    QUESTION,
    SUBCATEGORY,
    Dump,
    Key,
    Row,
    text_in,
)
from assessments.formats.exchange import Draft, Found
from assessments.formats.media import Gathered
from assessments.formats.usual import CRITERION, TRUE_FALSE, named
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _


def questions_in(dump: Dump) -> Iterator[Found]:
    """Every question, named by its primary key; its figure is read when its turn comes."""
    for model in (CHOICE, JUDGED, ESSAY):
        for key, own in dump.rows[model].items():
            yield _question(dump, model, key, own)


def _question(dump: Dump, model: str, key: Key, own: Row) -> Found:
    where = named(f"{model} {key}")
    shared = dump.rows[QUESTION].get(key)
    if shared is None:
        return skipped(where, Message(_("The row of quiz.question with this key is missing.")))
    warnings: list[Message] = []
    pictures = _pictures(dump, text_in(shared.get("figure")), warnings)
    type, body, answer = _says(dump, model, key, own)
    draft = Draft(
        type=type,
        body={"stem": pictures.stem(text_in(shared.get("content"))), **body, **pictures.of_body()},
        answer=answer,
        explanation=text_in(shared.get("explanation")),
        name=str(key),
        category=_category(dump, shared),
        files=pictures.files,
        extra=shared["qinglan"] if isinstance(shared.get("qinglan"), dict) else {},
    )
    return found(where, draft, warnings)


def _pictures(dump: Dump, figure: str, warnings: list[Message]) -> Gathered:
    gathered = Gathered(lambda msgid, **params: warnings.append(Message(msgid, params)))
    picture = dump.picture
    if figure and picture:
        gathered.take(figure, "", lambda: picture(figure))
    elif figure:
        params = {"name": figure}
        warnings.append(Message(_("The figure %(name)s is not in the file; add it by hand."), params))
    return gathered


def _says(dump: Dump, model: str, key: Key, own: Row) -> tuple[str, dict[str, Any], dict[str, Any]]:
    if model == JUDGED:
        return (
            "true_false",
            {"options": TRUE_FALSE},
            {"rule": "exact", "correct": str(bool(own.get("correct"))).lower()},
        )
    if model == ESSAY:
        return "short_answer", {}, {"rule": "rubric", "criteria": [CRITERION]}
    answers = dump.answers[key]
    options = [
        {"id": f"o{number}", "text": text_in(each.get("content"))} for number, each in enumerate(answers, 1)
    ]
    right = [f"o{number}" for number, each in enumerate(answers, 1) if each.get("correct")]
    body: dict[str, Any] = {"options": options}
    if own.get("answer_order") in ("content", "none", "", None):
        body["shuffle"] = False
    if own.get("answer_order") == "content":
        body["options"] = sorted(options, key=lambda option: option["text"])
    if len(right) > 1:
        return "multiple", body, {"rule": "all_or_nothing", "correct": right}
    return "single", body, {"rule": "exact", "correct": right[0] if right else ""}


def _category(dump: Dump, shared: Row) -> tuple[str, ...]:
    main = dump.row(CATEGORY, shared.get("category"))
    sub = dump.row(SUBCATEGORY, shared.get("sub_category"))
    names = (text_in(main.get("category")), text_in(sub.get("sub_category")))
    return tuple(name for name in names if name)
