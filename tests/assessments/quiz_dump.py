"""A dump of django-quiz-app as a site that was used for years has one: categories, three kinds, quizzes, sittings."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from typing import Any


def row(model: str, key: int, **fields: Any) -> dict[str, Any]:
    return {"model": model, "pk": key, "fields": fields}


def question(key: int, content: str, quizzes: list[int], **fields: Any) -> dict[str, Any]:
    shared = {"category": 1, "sub_category": None, "figure": "", "explanation": f"解析{key}", **fields}
    return row("quiz.question", key, content=content, quiz=quizzes, **shared)


def choice(key: int, content: str, quizzes: list[int], *options: str, **fields: Any) -> list[dict[str, Any]]:
    """A multiple-choice question; right options begin with =. The answers' keys are 10 × key + 1, + 2 …"""
    answers = [
        row(
            "multichoice.answer",
            10 * key + number,
            question=key,
            content=option.removeprefix("="),
            correct=option.startswith("="),
        )
        for number, option in enumerate(options, start=1)
    ]
    own = row("multichoice.mcquestion", key, answer_order="random")
    return [question(key, content, quizzes, **fields), own, *answers]


def quiz(key: int, url: str, **fields: Any) -> dict[str, Any]:
    usual = {
        "title": f"测验{key}",
        "description": "",
        "url": url,
        "category": None,
        "random_order": False,
        "max_questions": None,
        "answers_at_end": True,
        "exam_paper": True,
        "single_attempt": False,
        "pass_mark": 0,
        "success_text": "",
        "fail_text": "",
        "draft": False,
    }
    return row("quiz.quiz", key, **{**usual, **fields})


def sitting(key: int, user: Any, quiz: int, order: str, **fields: Any) -> dict[str, Any]:
    usual = {
        "question_order": order,
        "question_list": "",
        "incorrect_questions": "",
        "current_score": 0,
        "complete": True,
        "user_answers": "{}",
        "start": "2024-03-01T09:00:00Z",
        "end": "2024-03-01T09:20:00Z",
    }
    return row("quiz.sitting", key, user=user, quiz=quiz, **{**usual, **fields})


QUESTIONS = [
    *choice(1, "居民代表会议由谁召集？", [1, 2], "=居民委员会", "街道办事处"),
    *choice(2, "登记来访要写什么？", [1], "=姓名", "=来意", "天气", sub_category=1),
    question(3, "三分之二是多数。", [1], category=2),
    row("true_false.tf_question", 3, correct=True),
    question(4, "写一份走访记录。", [1], category=None),
    row("essay.essay_question", 4),
    *choice(5, "没有选项的一题", [1, 2]),
    *choice(6, "谁负责消防通道？", [2], "=物业", "保安", figure="uploads/2024/03/01/通道.png"),
]
DUMP = [
    row("auth.user", 7, username="A100", password="!"),
    row("auth.user", 8, username="nobody", password="!"),
    row("quiz.category", 1, category="社区治理"),
    row("quiz.category", 2, category="议事"),
    row("quiz.subcategory", 1, sub_category="来访", category=1),
    quiz(
        1,
        "final",
        title="期末测验",
        description="请独立完成。",
        category=1,
        single_attempt=True,
        pass_mark=60,
        success_text="祝贺！",
        fail_text="再学一遍。",
    ),
    quiz(
        2,
        "daily",
        title="每日一练",
        exam_paper=False,
        random_order=True,
        max_questions=1,
        answers_at_end=False,
    ),
    quiz(3, "empty", title="空的"),
    *QUESTIONS,
    sitting(
        1,
        7,
        1,
        "1,2,3,4,",
        current_score=3,
        incorrect_questions="4,",
        user_answers=json.dumps({"1": "11", "2": "21", "3": "True", "4": "走访了三户。"}, ensure_ascii=False),
    ),
    sitting(
        2,
        7,
        2,
        "6,1,",
        question_list="1,",
        complete=False,
        incorrect_questions="6,",
        user_answers='{"6": "62"}',
        end=None,
    ),
    sitting(3, 8, 1, "1,2,"),
    sitting(4, 7, 99, "1,"),
    sitting(5, 9, 1, "1,"),
    sitting(6, 7, 1, ""),
    row("quiz.progress", 1, user=7, score="社区治理,3,4,"),
]


def dumped(rows: Any = None) -> BytesIO:
    """The dump as a file."""
    return BytesIO(json.dumps(DUMP if rows is None else rows, ensure_ascii=False).encode())


def zipped(files: dict[str, bytes], rows: Any = None) -> BytesIO:
    """The dump with these files beside it, by their path in the package."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("site/dump.json", dumped(rows).getvalue())
        for name, content in files.items():
            package.writestr(name, content)
    target.seek(0)
    return target
