"""Files handed in with an answer: whose they are, what they are, and that they follow the rules of every other save."""

from __future__ import annotations

import zipfile
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from assessments.attempts import GRACE, NoSuchAnswer, submit_attempt
from assessments.items import ResponseInvalid
from assessments.marking.recording import record_mark
from assessments.models import Answer, AnswerFile, Attempt
from assessments.sittings import uploads
from assessments.sittings.fencing import open_paper
from assessments.sittings.saving import AnswerSuperseded, Held, SequenceReused
from assessments.sittings.tokens import attempt_token
from assessments.sittings.uploads import fitting_name, hand_in_file, take_back_file
from core import private_files
from core.errors import Refusal
from core.hashing import sha256_hex
from core.models import AuditEntry
from courses.references import Reference, broken_references
from people.models import Person, Role
from tests.assessments.making import make_attempt, make_exam, make_question, picture_bytes, save
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
PDF = "%PDF-1.7 记录".encode()
KINDS = ["picture", "pdf", "document", "sheet", "archive"]


def packed(*members: str, mimetype: str = "") -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        if mimetype:
            file.writestr("mimetype", mimetype)
        for member in members:
            file.writestr(member, "x")
    return out.getvalue()


def old_office(stream: str, *more: str) -> bytes:
    names = "".join((stream, *more)).encode("utf-16-le")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100) + names


def upload(content: bytes = PDF, name: str = "走访记录.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def make_upload_exam(key: str = "base", **body: Any) -> None:
    make_question(f"{key}-U", "file_upload", body_extra=body)
    make_exam(
        key, types=("single",), questions=[{"key": f"{key}-U", "points": 2}, {"key": f"{key}-1", "points": 2}]
    )


@pytest.fixture
def at() -> datetime:
    """The real moment: views read the host's clock."""
    return timezone.now()


@pytest.fixture
def attempt(person: Person, at: datetime) -> Attempt:
    make_upload_exam(kinds=KINDS, most_files=3, most_mb=1)
    attempt = make_attempt(person, now=at)
    AnswerFile.objects.all().delete()
    return attempt


def hand_in(attempt: Attempt, content: bytes = PDF, name: str = "走访记录.pdf", **fields: Any) -> Any:
    given = {"person": attempt.person, "slot": 1, "sequence": 1, "now": attempt.started_at, **fields}
    return hand_in_file(attempt_id=attempt.pk, file=upload(content, name), **given)


def take_back(attempt: Attempt, sha256: str, **fields: Any) -> Any:
    given = {"person": attempt.person, "slot": 1, "sequence": 9, "now": attempt.started_at, **fields}
    return take_back_file(attempt_id=attempt.pk, sha256=sha256, **given)


def stored(attempt: Attempt) -> Any:
    return attempt.answers.get(slot=1).response


def address(attempt: Attempt, sha256: str = "") -> str:
    return f"/exams/attempt/{attempt.pk}/1/files/{sha256}{'/' if sha256 else ''}"


def test_file_handed_in_is_stored_named_and_counted(attempt: Attempt, at: datetime) -> None:
    save(attempt, 1, None, sequence=1, now=at, flagged=True)
    handed_in = hand_in(attempt, sequence=2)
    row = AnswerFile.objects.get()
    assert (row.sha256, row.name, row.size, row.uploaded_at) == (
        sha256_hex(PDF),
        "走访记录.pdf",
        len(PDF),
        at,
    )
    assert private_files.read(row.path) == PDF
    answer = attempt.answers.get(slot=1)
    assert (answer.response, answer.sequence, answer.flagged) == ([handed_in.value], 2, True)
    entry = AuditEntry.objects.get(action="answer.file_handed_in")
    assert (entry.target, entry.detail["slot"]) == (f"assessments.attempt:{attempt.pk}", 1)


def test_second_file_joins_the_first_and_the_same_bytes_come_once(attempt: Attempt) -> None:
    one, two = hand_in(attempt), hand_in(attempt, b"%PDF-1.7 other", "b.pdf", sequence=2)
    again = hand_in(attempt, name="别的名字.pdf", sequence=3)
    assert again.file == one.file
    assert stored(attempt) == [one.value, two.value]
    assert AnswerFile.objects.count() == 2


def test_older_save_neither_adds_a_file_nor_leaves_one_behind(attempt: Attempt, at: datetime) -> None:
    save(attempt, 1, None, sequence=5, now=at)
    with pytest.raises(SequenceReused):
        hand_in(attempt, sequence=5)
    assert (stored(attempt), AnswerFile.objects.count()) == (None, 0)
    answer = attempt.answers.get(slot=1)
    path = private_files.path_of(f"{sha256_hex(PDF)}.pdf", folder=f"answers/{answer.pk}")
    private_files.storage().delete(
        path
    )  # laid there by `make_attempt` of another test's answer of this number
    with pytest.raises(AnswerSuperseded):
        hand_in(attempt, sequence=4)
    assert not private_files.storage().exists(path)


def test_autosave_in_between_can_name_the_file_again(attempt: Attempt, at: datetime) -> None:
    handed_in = hand_in(attempt, sequence=1)
    save(attempt, 1, [], sequence=2, now=at)
    assert stored(attempt) is None
    save(attempt, 1, [handed_in.value], sequence=3, now=at)
    assert stored(attempt) == [handed_in.value]


def test_file_after_the_end_is_kept_beside_the_paper_and_none_is_taken_back(attempt: Attempt) -> None:
    first = hand_in(attempt, now=attempt.deadline_at + GRACE)
    late = attempt.deadline_at + GRACE + timedelta(seconds=1)
    second = hand_in(attempt, b"%PDF-late", now=late, sequence=2)
    assert isinstance(second.saved, Held)
    assert isinstance(take_back(attempt, first.file.sha256, now=late, sequence=3), Held)
    held = attempt.held_answers.get(sequence=2)
    assert (stored(attempt), held.response) == ([first.value], [first.value, second.value])
    assert private_files.read(second.file.path) == b"%PDF-late"
    assert private_files.read(first.file.path) == PDF


def test_file_from_an_older_window_is_kept_beside_the_paper(attempt: Attempt, at: datetime) -> None:
    open_paper(attempt=attempt, opened_from="a", now=at)
    handed_in = hand_in(attempt, fence=0)
    assert isinstance(handed_in.saved, Held)
    assert (stored(attempt), attempt.held_answers.get().response) == (None, [handed_in.value])


def test_stranger_and_wrong_slot_hand_in_nothing(attempt: Attempt) -> None:
    stranger = make_person()
    for fields in ({"person": stranger}, {"slot": 9}):
        with pytest.raises(NoSuchAnswer):
            hand_in(attempt, **fields)
        with pytest.raises(NoSuchAnswer):
            take_back(attempt, sha256_hex(PDF), **fields)
    with pytest.raises(Refusal) as refused:
        hand_in(attempt, slot=2)
    assert (refused.value.code, AnswerFile.objects.count()) == ("no_files", 0)


def test_answer_can_name_only_what_was_handed_in_for_it(attempt: Attempt, at: datetime) -> None:
    """Somebody else's file, and one's own for another sitting, are no files of this answer."""
    other = make_attempt(make_person(), now=at)
    foreign = hand_in(other, b"%PDF-foreign", "别人的.pdf")
    own = hand_in(attempt)
    for value in (foreign.value, f"{own.file.sha256}/改名.pdf", f"{'0' * 64}/走访记录.pdf"):
        with pytest.raises(ResponseInvalid):
            save(attempt, 1, [value], sequence=7, now=at)
    assert stored(attempt) == [own.value]


def test_file_taken_back_is_erased_from_the_answer_and_from_the_disk(
    attempt: Attempt, django_capture_on_commit_callbacks: Any
) -> None:
    one, two = hand_in(attempt), hand_in(attempt, b"%PDF-1.7 other", "b.pdf", sequence=2)
    with django_capture_on_commit_callbacks(execute=True):
        take_back(attempt, one.file.sha256)
    assert stored(attempt) == [two.value]
    assert list(AnswerFile.objects.all()) == [two.file]
    assert not private_files.storage().exists(one.file.path)
    take_back(attempt, one.file.sha256)
    assert AuditEntry.objects.filter(action="answer.file_taken_back").count() == 1


def test_taking_back_in_a_stale_window_changes_nothing(attempt: Attempt) -> None:
    one = hand_in(attempt, sequence=4)
    with pytest.raises(SequenceReused):
        take_back(attempt, one.file.sha256, sequence=4)
    with pytest.raises(AnswerSuperseded):
        take_back(attempt, one.file.sha256, sequence=3)
    assert (stored(attempt), AnswerFile.objects.count()) == ([one.value], 1)


def test_same_bytes_of_two_people_are_two_files(
    attempt: Attempt, at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    other = make_attempt(make_person(), now=at)
    one, two = hand_in(attempt), hand_in(other)
    with django_capture_on_commit_callbacks(execute=True):
        take_back(attempt, one.file.sha256)
    assert private_files.read(two.file.path) == PDF


def test_more_files_than_asked_for_are_refused(attempt: Attempt) -> None:
    for number in range(3):
        hand_in(attempt, b"%PDF-" + bytes([65 + number]), sequence=number + 1)
    with pytest.raises(Refusal) as refused:
        hand_in(attempt, b"%PDF-four", sequence=4)
    assert (refused.value.code, AnswerFile.objects.count()) == ("full", 3)


def test_files_no_answer_names_do_not_pile_up(
    attempt: Attempt, at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    for number in range(uploads.MOST_ROWS):
        hand_in(attempt, b"%PDF-" + str(number).encode(), sequence=2 * number + 1)
        save(attempt, 1, [], sequence=2 * number + 2, now=at)
    old = AnswerFile.objects.first()
    with django_capture_on_commit_callbacks(execute=True):
        newest = hand_in(attempt, b"%PDF-newest", sequence=99)
    assert list(AnswerFile.objects.all()) == [newest.file]
    assert old is not None
    assert not private_files.storage().exists(old.path)


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (picture_bytes("PNG"), ".png"),
        (picture_bytes("JPEG"), ".jpg"),
        (PDF, ".pdf"),
        (packed("[Content_Types].xml", "word/document.xml"), ".docx"),
        (packed("[Content_Types].xml", "ppt/presentation.xml"), ".pptx"),
        (packed("[Content_Types].xml", "xl/workbook.xml"), ".xlsx"),
        (packed(mimetype="application/vnd.oasis.opendocument.text"), ".odt"),
        (packed(mimetype="application/vnd.oasis.opendocument.spreadsheet"), ".ods"),
        (packed("走访.txt"), ".zip"),
        (packed("a.txt", mimetype="x" * 200), ".zip"),
        (old_office("WordDocument"), ".doc"),
        (old_office("Workbook"), ".xls"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(20), ".7z"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(20), ".rar"),
    ],
)
def test_kind_is_told_by_the_bytes(content: bytes, suffix: str, attempt: Attempt) -> None:
    assert hand_in(attempt, content, "材料.exe").file.name == f"材料.exe{suffix}"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00 program", "kind"),
        (b"<html><script>alert(1)</script>", "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
        ("只是文字".encode(), "kind"),
        (b"PK\x03\x04 not a zip", "kind"),
        (old_office("Unknown"), "kind"),
        (picture_bytes("PNG") + b"<script>alert(1)</script>", "polyglot"),
        (picture_bytes("PNG", (300, 300))[:-30], "damaged"),
        (packed("word/document.xml", "word/vbaProject.bin"), "macros"),
        (old_office("WordDocument", "_VBA_PROJECT"), "macros"),
        (PDF + bytes(1 << 20), "size"),
    ],
)
def test_what_is_no_such_file_is_refused_and_says_why(content: bytes, code: str, attempt: Attempt) -> None:
    with pytest.raises(Refusal) as refused:
        hand_in(attempt, content, "材料.pdf")
    assert (refused.value.code, AnswerFile.objects.count()) == (code, 0)


def test_kind_the_question_does_not_take_is_refused(person: Person, at: datetime) -> None:
    make_upload_exam("narrow", kinds=["picture"])
    attempt = make_attempt(person, "narrow", now=at)
    with pytest.raises(Refusal, match="图片") as refused:
        hand_in(attempt)
    assert refused.value.code == "kind"


@pytest.mark.parametrize(
    ("name", "suffix", "fitting"),
    [
        ("走访记录.pdf", ".pdf", "走访记录.pdf"),
        ("照片.JPEG", ".jpg", "照片.JPEG"),
        ("../../etc/passwd", ".pdf", "passwd.pdf"),
        ("C:\\材料\\一.pdf", ".pdf", "一.pdf"),
        ('a<b>:"|?*.pdf', ".pdf", "a_b______.pdf"),
        (" .. ", ".zip", "file.zip"),
        (".pdf", ".pdf", "pdf.pdf"),
        ("a\x00b\n c\u200b.pdf", ".pdf", "ab c.pdf"),
        ("长" * 300 + ".pdf", ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_name_is_made_fit_to_be_stored_and_shown(name: str, suffix: str, fitting: str) -> None:
    assert fitting_name(name, suffix) == fitting


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\u061c"])
def test_name_that_turns_itself_around_is_refused(sign: str) -> None:
    with pytest.raises(Refusal) as refused:
        fitting_name(f"record{sign}fdp.exe", ".pdf")
    assert refused.value.code == "name"


def post(client: Client, attempt: Attempt, *files: SimpleUploadedFile, **data: Any) -> Any:
    """The form of the sitting page, as a browser without JavaScript sends it."""
    url = f"/exams/attempt/{attempt.pk}/save/"
    return client.post(url, {"slot": 1, "sequence": 1, "answer": "", "answer-file": list(files), **data})


def test_plain_form_hands_files_in_and_takes_them_back(attempt: Attempt, person: Person, login: Any) -> None:
    client = login(person)
    first = post(client, attempt, upload(), upload(b"%PDF-two", "二.pdf"), go="2")
    assert (first.status_code, first.url) == (302, f"/exams/attempt/{attempt.pk}/?q=2")
    values = stored(attempt)
    assert [value.split("/")[1] for value in values] == ["走访记录.pdf", "二.pdf"]
    page = client.get(f"/exams/attempt/{attempt.pk}/?q=1")
    sequence = page.context["sitting"].next_sequence
    assert 'enctype="multipart/form-data"' in page.content.decode()
    back = post(client, attempt, sequence=sequence, answer=values, take_back=values[0][:64])
    assert (back.status_code, back.url) == (302, f"/exams/attempt/{attempt.pk}/?q=1")
    assert stored(attempt) == values[1:]


def test_plain_form_says_what_is_wrong_with_a_file_and_keeps_the_others(
    attempt: Attempt, person: Person, login: Any
) -> None:
    page = post(login(person), attempt, upload(), upload(b"MZ", "二.exe"), go="2")
    assert page.status_code == 422
    assert page.context["problem"].startswith("这个文件不能交到这里")
    assert [file.name for file in page.context["sitting"].item.form.upload.files] == ["走访记录.pdf"]


def test_plain_form_naming_a_foreign_file_is_refused(
    attempt: Attempt, person: Person, at: datetime, login: Any
) -> None:
    foreign = hand_in(make_attempt(make_person(), now=at), b"%PDF-foreign")
    page = post(login(person), attempt, answer=foreign.value)
    assert (page.status_code, stored(attempt)) == (422, None)


def test_request_longer_than_any_file_is_not_read(attempt: Attempt, person: Person, login: Any) -> None:
    client, size = login(person), str(60 << 20)
    page = client.post(f"/exams/attempt/{attempt.pk}/save/", CONTENT_LENGTH=size)
    assert (page.status_code, page.url) == (302, f"/exams/attempt/{attempt.pk}/")
    reply = client.post(
        address(attempt), CONTENT_LENGTH=size, headers={"X-Attempt-Token": attempt_token(attempt)}
    )
    assert (reply.status_code, reply.json()["error"]) == (413, "size")


def send(attempt: Attempt, token: str | None = None, **data: Any) -> Any:
    """What the page's script sends, from a browser without cookies."""
    headers = {"X-Attempt-Token": attempt_token(attempt) if token is None else token}
    return Client(enforce_csrf_checks=True).post(address(attempt), {"sequence": 3, **data}, headers=headers)


def test_script_hands_in_by_the_token_of_the_page(attempt: Attempt) -> None:
    reply = send(attempt, **{"answer-file": upload()})
    sha256 = sha256_hex(PDF)
    assert reply.status_code == 200
    assert {name: reply.json()[name] for name in ("value", "sha256", "name", "address", "sequence")} == {
        "value": f"{sha256}/走访记录.pdf",
        "sha256": sha256,
        "name": "走访记录.pdf",
        "address": address(attempt, sha256),
        "sequence": 3,
    }
    assert reply["Cache-Control"] == "private, no-store"


def test_script_is_told_what_to_do(attempt: Attempt, at: datetime) -> None:
    assert send(attempt, "forged", **{"answer-file": upload()}).status_code in (302, 403)
    assert (send(attempt).status_code, send(attempt).json()["error"]) == (422, "empty")
    refused = send(attempt, **{"answer-file": upload(b"MZ")})
    assert (refused.status_code, refused.json()["error"]) == (422, "kind")
    save(attempt, 1, None, sequence=4, now=at)
    late = send(attempt, **{"answer-file": upload()})
    assert (late.status_code, late.json()["error"]) == (409, "superseded")
    submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=at)
    closed = send(attempt, sequence=5, **{"answer-file": upload()})
    assert (closed.status_code, set(closed.json()), closed.json()["held"]) == (
        202,
        {"held", "message"},
        "late",
    )


def test_session_needs_its_csrf_token(attempt: Attempt, person: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(address(attempt), {"sequence": 1, "answer-file": upload()}).status_code == 403


def downloaded(client: Client, attempt: Attempt, sha256: str) -> Any:
    return client.get(address(attempt, sha256))


def test_candidate_downloads_what_was_handed_in_as_an_attachment(
    attempt: Attempt, person: Person, login: Any
) -> None:
    hand_in(attempt)
    response = downloaded(login(person), attempt, sha256_hex(PDF))
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


def test_marker_downloads_while_the_paper_waits_and_nobody_else_ever(at: datetime, login: Any) -> None:
    here = make_organisation("QH-01")
    candidate = make_person(organisation=here)
    marker, stranger = make_person(organisation=here, roles=(Role.EXAMINER,)), make_person()
    make_upload_exam()
    attempt = make_attempt(candidate, now=at)
    AnswerFile.objects.all().delete()
    named, unnamed = hand_in(attempt), hand_in(attempt, b"%PDF-draft", "草稿.pdf", sequence=2)
    save(attempt, 1, [named.value], sequence=3, now=at)
    sha256 = named.file.sha256
    assert downloaded(login(marker), attempt, sha256).status_code == 404  # not handed in yet
    submit_attempt(attempt_id=attempt.pk, by=candidate, now=at)
    page = login(marker).get(f"/exams/marking/{attempt.pk}/1/").content.decode()
    assert address(attempt, sha256) in page
    assert "草稿.pdf" not in page
    statuses = {
        who: downloaded(login(each), attempt, sha256).status_code
        for who, each in (("marker", marker), ("candidate", candidate), ("stranger", stranger))
    }
    assert statuses == {"marker": 200, "candidate": 200, "stranger": 404}
    assert downloaded(login(marker), attempt, unnamed.file.sha256).status_code == 404
    assert downloaded(login(candidate), attempt, "0" * 64).status_code == 404
    assert downloaded(login(candidate), Attempt(pk=uuid4()), sha256).status_code == 404
    record_mark(attempt=attempt, slot=1, marks={"c1": 2}, comment="", by=marker, now=at)
    assert downloaded(login(marker), attempt, sha256).status_code == 404
    result = login(candidate).get(f"/exams/attempt/{attempt.pk}/result/").content.decode()
    assert address(attempt, sha256) in result


def test_marker_gives_marks_by_the_criteria_of_the_rubric(at: datetime, login: Any) -> None:
    here = make_organisation("QH-01")
    candidate = make_person(organisation=here)
    marker = make_person(organisation=here, roles=(Role.EXAMINER,))
    make_upload_exam()
    attempt = make_attempt(candidate, now=at, answered=True)
    submit_attempt(attempt_id=attempt.pk, by=candidate, now=at)
    page = login(marker).get(f"/exams/marking/{attempt.pk}/1/")
    assert 'name="criterion-c1"' in page.content.decode()
    login(marker).post(f"/exams/marking/{attempt.pk}/1/", {"criterion-c1": "1.5", "penalty": "0"})
    assert Answer.objects.get(attempt=attempt, slot=1).marks.get().points == 1.5


def test_sitting_page_with_files_takes_the_same_queries_at_one_and_at_three_files(
    attempt: Attempt, person: Person, login: Any, django_assert_num_queries: Any
) -> None:
    client, url = login(person), f"/exams/attempt/{attempt.pk}/?q=1"
    hand_in(attempt)
    client.get(url)
    with django_assert_num_queries(12):
        client.get(url)
    for number in (2, 3):
        hand_in(attempt, b"%PDF-" + bytes([60 + number]), sequence=number)
    with django_assert_num_queries(12):
        client.get(url)


def test_lesson_does_not_ask_for_files() -> None:
    make_question("U", "file_upload")
    reference = Reference("question", "U")
    assert list(broken_references([reference])) == [reference]
