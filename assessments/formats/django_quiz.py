"""django-quiz-app: the JSON that `manage.py dumpdata quiz multichoice true_false essay` writes (version 0.5.1).

Read: multiple choice (one right answer: single; several: multiple, all or nothing, as that app scores it), true or
false and essay questions, each with category, sub-category and explanation. A figure is named but not in the file.
Quizzes and sittings are other things than questions and are not read here.
Written: the same fixture, for the types that app knows.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, BinaryIO

from assessments.formats.checking import found, skipped
from assessments.formats.encoding import decoded
from assessments.formats.exchange import Draft, FileRefused, Format, Found, Loss
from assessments.formats.usual import CRITERION, TRUE_FALSE
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

QUESTION, CHOICE, ANSWER = "quiz.question", "multichoice.mcquestion", "multichoice.answer"
JUDGED, ESSAY = "true_false.tf_question", "essay.essay_question"
CATEGORY, SUBCATEGORY = "quiz.category", "quiz.subcategory"
KINDS = {CHOICE, JUDGED, ESSAY}


@dataclass
class _Dump:
    """The rows of a fixture by model and primary key, and the answers of each question in their order."""

    rows: dict[str, dict[Any, Mapping[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    answers: dict[Any, list[Mapping[str, Any]]] = field(default_factory=lambda: defaultdict(list))


class DjangoQuiz(Format):
    code = "django_quiz"
    title = _("django-quiz-app (dumpdata)")
    suffixes = (".json",)

    def read(self, source: BinaryIO) -> Iterator[Found]:
        dump = _read_dump(decoded(source.read()))
        for model in (CHOICE, JUDGED, ESSAY):
            for key, own in dump.rows[model].items():
                yield _question(dump, model, key, own)

    def write(self, drafts: Iterable[Draft], target: BinaryIO) -> list[Loss]:
        writer = _Writer()
        for draft in drafts:
            writer.add(draft)
        target.write(json.dumps(writer.rows, ensure_ascii=False, indent=1).encode())
        return writer.losses


def _read_dump(text: str) -> _Dump:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileRefused(Message(_("This is no JSON that dumpdata wrote."))) from error
    known = isinstance(rows, list) and any(
        isinstance(row, dict) and row.get("model") in KINDS for row in rows
    )
    if not known:
        raise FileRefused(
            Message(
                _(
                    "This file holds no questions of django-quiz-app: dumpdata quiz multichoice true_false essay."
                )
            )
        )
    dump = _Dump()
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("fields"), dict):
            continue
        dump.rows[row.get("model", "")][row.get("pk")] = row["fields"]
        if row.get("model") == ANSWER:
            dump.answers[row["fields"].get("question")].append(row["fields"])
    return dump


def _question(dump: _Dump, model: str, key: Any, own: Mapping[str, Any]) -> Found:
    where = f"{model} {key}"
    shared = dump.rows[QUESTION].get(key)
    if shared is None:
        return skipped(where, Message(_("The row of quiz.question with this key is missing.")))
    warnings = []
    if shared.get("figure"):
        params = {"name": str(shared["figure"])}
        warnings.append(Message(_("The figure %(name)s is not in the file; add it by hand."), params))
    type, body, answer = _says(dump, model, key, own)
    draft = Draft(
        type=type,
        body={"stem": _text(shared.get("content")), **body},
        answer=answer,
        explanation=_text(shared.get("explanation")),
        name=str(key),
        category=_category(dump, shared),
        extra=shared["qinglan"] if isinstance(shared.get("qinglan"), dict) else {},
    )
    return found(where, draft, warnings)


def _says(
    dump: _Dump, model: str, key: Any, own: Mapping[str, Any]
) -> tuple[str, dict[str, Any], dict[str, Any]]:
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
        {"id": f"o{number}", "text": _text(each.get("content"))} for number, each in enumerate(answers, 1)
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


def _category(dump: _Dump, shared: Mapping[str, Any]) -> tuple[str, ...]:
    main = dump.rows[CATEGORY].get(shared.get("category"), {})
    sub = dump.rows[SUBCATEGORY].get(shared.get("sub_category"), {})
    return tuple(_text(name) for name in (main.get("category"), sub.get("sub_category")) if name)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


class _Writer:
    """Rows of a fixture, with keys counted from 1."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.losses: list[Loss] = []
        self._count = 0
        self._answers = 0
        self._categories: dict[tuple[str, ...], int] = {}

    def add(self, draft: Draft) -> None:
        model = {"single": CHOICE, "multiple": CHOICE, "true_false": JUDGED, "short_answer": ESSAY}.get(
            draft.type
        )
        if model is None:
            params = {"type": draft.type}
            self._lose(
                draft,
                Message(_("django-quiz-app has no questions of the type %(type)s."), params),
                whole=True,
            )
            return
        self._count += 1
        main, sub = self._filed(draft.category)
        shared = {
            "quiz": [],
            "category": main,
            "sub_category": sub,
            "figure": "",
            "content": draft.body["stem"],
            "explanation": draft.explanation,
        }
        if draft.extra:
            shared["qinglan"] = dict(draft.extra)
        self._row(QUESTION, self._count, shared)
        self._row(model, self._count, self._own(draft, model))
        self._tell(draft)

    def _own(self, draft: Draft, model: str) -> dict[str, Any]:
        if model == JUDGED:
            return {"correct": draft.answer["correct"] == "true"}
        if model == ESSAY:
            return {}
        right = draft.answer["correct"]
        for option in draft.body["options"]:
            self._answers += 1
            correct = option["id"] == right if isinstance(right, str) else option["id"] in right
            row = {"question": self._count, "content": option["text"], "correct": correct}
            self._row(ANSWER, self._answers, row)
        return {"answer_order": "random" if draft.body.get("shuffle", True) else "none"}

    def _filed(self, category: tuple[str, ...]) -> tuple[int | None, int | None]:
        """The keys of category and sub-category; deeper levels are one name."""
        if not category:
            return None, None
        main = self._categories.setdefault(category[:1], len(self._categories) + 1)
        if not any(row["model"] == CATEGORY and row["pk"] == main for row in self.rows):
            self._row(CATEGORY, main, {"category": category[0]})
        if len(category) == 1:
            return main, None
        sub = self._categories.setdefault(category, len(self._categories) + 1)
        if not any(row["model"] == SUBCATEGORY and row["pk"] == sub for row in self.rows):
            self._row(SUBCATEGORY, sub, {"sub_category": "/".join(category[1:]), "category": main})
        return main, sub

    def _tell(self, draft: Draft) -> None:
        """What that app has no place for."""
        rule = draft.answer["rule"]
        lost = [
            name
            for name, is_lost in (
                ("several", draft.type == "multiple" and len(draft.answer["correct"]) == 1),
                ("rule", rule in ("social_worker_exam", "weighted")),
                ("rubric", rule == "rubric" and draft.answer.get("criteria") != [CRITERION]),
                ("length", "max_chars" in draft.body),
                ("name", bool(draft.name) and draft.name != str(self._count)),
                ("tags", bool(draft.tags)),
                ("points", draft.points is not None and draft.points != Decimal(1)),
                ("difficulty", draft.difficulty is not None),
                ("category", len(draft.category) > 2),
                ("citations", "explanation_cites_options" in draft.answer),
            )
            if is_lost
        ]
        if lost:
            self._lose(
                draft, Message(_("django-quiz-app has no place for: %(what)s."), {"what": ", ".join(lost)})
            )

    def _row(self, model: str, key: int, fields: dict[str, Any]) -> None:
        self.rows.append({"model": model, "pk": key, "fields": fields})

    def _lose(self, draft: Draft, reason: Message, *, whole: bool = False) -> None:
        self.losses.append(Loss(draft.name, reason, whole))
