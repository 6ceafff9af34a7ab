"""Questions as a fixture of that app."""

from decimal import Decimal
from typing import Any

from assessments.formats.django_quiz.dump import (
    ANSWER,
    CATEGORY,
    CHOICE,
    ESSAY,
    JUDGED,
    QUESTION,
    SUBCATEGORY,
)
from assessments.formats.exchange import Draft, Loss
from assessments.formats.media import without_media
from assessments.formats.usual import CRITERION, named
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _


class Writer:
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
        draft, left_behind = without_media(draft)
        for reason in left_behind:
            self._lose(draft, reason)
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
        self.losses.append(Loss(named(draft.name), reason, whole))
