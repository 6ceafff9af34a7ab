"""The receipt as page, file and command: whatever was changed afterwards is found, and the question is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from assessments.attempts import submit_attempt
from assessments.models import AnswerEntry, Attempt
from assessments.sittings.journal import receipt_for
from assessments.sittings.receipts import read_receipt
from core.appendonly import lifted
from people.models import Person, Role
from tests.assessments.making import make_attempt, make_exam, save
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(person: Person, now: datetime) -> Attempt:
    """Three questions; the first answered twice, the second once."""
    make_exam(types=("single", "single", "single"))
    attempt = make_attempt(person, now=now)
    for sequence, (slot, option) in enumerate([(1, "o1"), (2, "o3"), (1, "o2")], start=1):
        save(attempt, slot, [option], sequence=sequence, now=now)
    return attempt


@pytest.fixture
def file(attempt: Attempt, login: Any, tmp_path: Path) -> Path:
    """The receipt as its candidate downloads it."""
    reply = login(attempt.person).get(f"/exams/attempt/{attempt.pk}/receipt.json")
    path = tmp_path / "receipt.json"
    path.write_bytes(reply.content)
    return path


def check(file: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    """Exit code and what the command says."""
    code = 0
    try:
        call_command("check_receipt", str(file), as_json=True)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, json.loads(capsys.readouterr().out)


def edit(file: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    said = json.loads(file.read_text())
    change(said)
    file.write_text(json.dumps(said))


def change_journal(sql: str, *values: Any) -> None:
    """What somebody with the database in hands could do."""
    with lifted(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_receipt_that_holds(attempt: Attempt, file: Path, capsys: Any) -> None:
    assert check(file, capsys) == (
        0,
        {"ok": True, "entries": 3, "first_bad": None, "detail": "与回执完全一致。"},
    )


def test_receipt_that_is_older_than_the_last_save_holds(
    attempt: Attempt, file: Path, now: datetime, capsys: Any
) -> None:
    save(attempt, 3, ["o1"], sequence=4, now=now)
    submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=now)
    code, said = check(file, capsys)
    assert (code, said["ok"], said["detail"]) == (0, True, "与回执完全一致；回执之后又保存了 1 次。")


def test_answer_that_was_changed_is_found(attempt: Attempt, file: Path, capsys: Any) -> None:
    attempt.answers.filter(slot=2).update(response="o1")
    code, said = check(file, capsys)
    assert (code, said["ok"], said["first_bad"]) == (1, False, 2)
    assert said["detail"] == "服务器里第 2 题的答案，与第 2 行确认保存的不是同一个。"


def test_answer_that_was_taken_away_is_found(attempt: Attempt, file: Path, capsys: Any) -> None:
    attempt.answers.filter(slot=1).update(response=None)
    code, said = check(file, capsys)
    assert (code, said["first_bad"], "第 1 题" in said["detail"]) == (1, 3, True)


def test_answer_that_was_slipped_in_is_found(attempt: Attempt, file: Path, capsys: Any) -> None:
    attempt.answers.filter(slot=3).update(response="o2")
    code, said = check(file, capsys)
    assert (code, said["first_bad"]) == (1, None)
    assert said["detail"] == "第 3 题存有答案，但记录里没有对应的一行。"


@pytest.mark.parametrize(("number", "slot"), [(1, 1), (2, 2), (3, 1)])
def test_line_that_was_removed_is_found(
    number: int, slot: int, attempt: Attempt, file: Path, capsys: Any
) -> None:
    change_journal("DELETE FROM assessments_answerentry WHERE number = %s", number)
    code, said = check(file, capsys)
    assert (code, said["first_bad"]) == (1, number)
    assert said["detail"] == f"服务器记录中缺少第 {number} 行（第 {slot} 题）。"


def test_line_after_the_receipt_that_was_removed_is_found(
    attempt: Attempt, file: Path, now: datetime, capsys: Any
) -> None:
    save(attempt, 2, ["o2"], sequence=4, now=now)
    save(attempt, 3, ["o2"], sequence=5, now=now)
    change_journal("DELETE FROM assessments_answerentry WHERE number = 4")
    code, said = check(file, capsys)
    assert (code, said["first_bad"], "第 3 题" in said["detail"]) == (1, 5, True)
    change_journal("DELETE FROM assessments_answerentry WHERE number = 5")
    code, said = check(file, capsys)
    assert (code, said["first_bad"]) == (1, 4)
    assert said["detail"] == "服务器记录中缺少第 4 行（第 2 题）。"


@pytest.mark.parametrize("column", ["slot", "sequence", "digest", "hash", "saved_at"])
def test_line_that_was_changed_is_found(column: str, attempt: Attempt, file: Path, capsys: Any) -> None:
    value: Any = {"slot": 3, "sequence": 77, "saved_at": "2020-01-01 00:00:00"}.get(column, "0" * 64)
    change_journal(f"UPDATE assessments_answerentry SET {column} = %s WHERE number = 2", value)
    code, said = check(file, capsys)
    assert (code, said["first_bad"]) == (1, 2)
    assert said["detail"] == "服务器记录中的第 2 行（第 2 题）被改动过。"


def test_answer_and_line_changed_together_are_found(attempt: Attempt, file: Path, capsys: Any) -> None:
    """Whoever changes both still cannot change the hash that the candidate holds."""
    from assessments.sittings.receipts import digest_of

    attempt.answers.filter(slot=2).update(response="o1", digest=digest_of("o1"))
    change_journal("UPDATE assessments_answerentry SET digest = %s WHERE number = 2", digest_of("o1"))
    assert check(file, capsys)[1]["first_bad"] == 2


@pytest.mark.parametrize(
    ("change", "number"),
    [
        (lambda said: said["entries"][1].update(slot=3), 2),
        (lambda said: said["entries"][2].update(hash="0" * 64), 3),
        (lambda said: said["entries"].pop(0), 1),
        (lambda said: said["entries"].pop(), 3),
        (lambda said: said.update(final="0" * 64), 4),
        (lambda said: said["entries"].reverse(), 1),
    ],
)
def test_file_that_was_edited_is_found(
    change: Callable[[dict[str, Any]], Any], number: int, file: Path, capsys: Any
) -> None:
    edit(file, change)
    code, said = check(file, capsys)
    assert (code, said["ok"], said["first_bad"]) == (1, False, number)
    assert "文件被改动过" in said["detail"]


def test_sitting_that_is_gone_is_found(file: Path, capsys: Any) -> None:
    empty = {"entries": [], "attempt": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"}
    from assessments.sittings.receipts import start_of

    edit(file, lambda said: said.update(**empty, final=start_of(empty["attempt"])))
    code, said = check(file, capsys)
    assert (code, said["detail"]) == (1, "这个数据库里没有回执所指的这次考试。")


def test_what_is_no_receipt_is_bad_use(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("{}")
    for name in (path, tmp_path / "none.json"):
        with pytest.raises(CommandError) as refused:
            call_command("check_receipt", str(name))
        assert refused.value.returncode == 2


def test_file_says_what_the_journal_says_and_holds_no_answer(attempt: Attempt, file: Path) -> None:
    text = file.read_text()
    assert read_receipt(text) == receipt_for(attempt.pk)
    said = json.loads(text)
    assert (said["exam"], said["candidate"]) == ("考试base", attempt.candidate_number)
    assert "o1" not in text
    assert str(attempt.person_id) not in text


def test_page_lists_every_save_and_shows_the_last_code_large(attempt: Attempt, login: Any) -> None:
    page = login(attempt.person).get(f"/exams/attempt/{attempt.pk}/receipt/")
    entries = list(AnswerEntry.objects.order_by("number"))
    assert [(line.number, line.slot, line.code) for line in page.context["lines"]] == [
        (entry.number, entry.slot, entry.hash[:16]) for entry in entries
    ]
    assert "".join(page.context["final"]) == entries[-1].hash


def test_page_takes_the_same_queries_at_one_and_at_three_saves(
    person: Person, now: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    client = login(person)
    make_exam(types=("single",))
    attempt = make_attempt(person, now=now)
    save(attempt, 1, ["o1"], sequence=1, now=now)
    client.get(f"/exams/attempt/{attempt.pk}/receipt/")
    for sequence in (1, 2, 3):
        save(attempt, 1, ["o1"], sequence=sequence, now=now)
        with django_assert_num_queries(5):
            client.get(f"/exams/attempt/{attempt.pk}/receipt/")


@pytest.mark.parametrize("address", ["receipt/", "receipt.json"])
def test_receipt_is_the_candidates_own(address: str, attempt: Attempt, login: Any) -> None:
    """Row 21."""
    url = f"/exams/attempt/{attempt.pk}/{address}"
    for stranger in (make_person(), *(make_person(roles=(role,)) for role in Role)):
        assert login(stranger).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert login(attempt.person).get(url)["Cache-Control"] == "private, no-store"
