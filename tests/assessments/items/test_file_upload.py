"""File upload: what a question and an answer may say; whose files they are, the database says."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.items import ItemInvalid, ResponseInvalid, Score, item_type
from assessments.items.authoring import written
from assessments.items.types.file_upload import KINDS, named_files

UPLOAD = item_type("file_upload")
BODY = {"stem": "交一份走访记录", "kinds": ["pdf", "picture"]}
KEY = {"rule": "rubric", "criteria": [{"id": "c1", "text": "完整", "max": 4}]}
ONE, TWO = f"{'a' * 64}/走访记录.pdf", f"{'b' * 64}/照片 1.jpg"


def test_upload_waits_for_a_person_and_nothing_is_nothing():
    assert UPLOAD.score(BODY, KEY, [ONE], Decimal(4)) == Score(Decimal(0), Decimal(4), True)
    assert UPLOAD.score(BODY, KEY, None, Decimal(4)) == Score(Decimal(0), Decimal(4), False)
    assert UPLOAD.score_marks(KEY, {"c1": 3}).points == Decimal(3)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (ONE, [ONE]),
        ([ONE, TWO], [ONE, TWO]),
        ([TWO, "", ONE, TWO], [TWO, ONE]),
        ([""], None),
        ("", None),
        ([], None),
        (None, None),
    ],
)
def test_upload_response_is_normalised(raw, clean):
    assert UPLOAD.clean_response({**BODY, "most_files": 3}, raw) == clean


@pytest.mark.parametrize(
    "raw",
    [
        "走访记录.pdf",
        f"{'a' * 63}/x.pdf",
        f"{'A' * 64}/x.pdf",
        f"{'a' * 64}/",
        f"{'a' * 64}/../x.pdf",
        f"{'a' * 64}/x\n.pdf",
        f"{'a' * 64}/{'长' * 121}",
        [ONE, f"{'a' * 64}/另一个名字.pdf"],
        {"a": ONE},
        [[ONE]],
        3,
    ],
)
def test_upload_refuses_what_names_no_file(raw):
    with pytest.raises(ResponseInvalid):
        UPLOAD.clean_response({**BODY, "most_files": 5}, raw)


def test_upload_takes_no_more_files_than_were_asked_for():
    assert UPLOAD.clean_response({**BODY, "most_files": 2}, [ONE, TWO]) == [ONE, TWO]
    with pytest.raises(ResponseInvalid, match="at most 1 files"):
        UPLOAD.clean_response(BODY, [ONE, TWO])


def test_upload_summary_is_the_names():
    assert UPLOAD.summarise(BODY, [ONE, TWO]) == "走访记录.pdf；照片 1.jpg"
    assert UPLOAD.summarise(BODY, None) == ""


def test_upload_form_lists_the_files_and_says_what_may_come():
    upload = UPLOAD.form({**BODY, "most_files": 2, "most_mb": 5}, [], [ONE, TWO, "x"], "answer").upload
    assert [(each.sha256[:2], each.name, each.value) for each in upload.files] == [
        ("aa", "走访记录.pdf", ONE),
        ("bb", "照片 1.jpg", TWO),
    ]
    assert (upload.kinds, upload.most_files, upload.most_mb, upload.is_full) == (
        ("pictures", "PDF"),
        2,
        5,
        True,
    )
    assert upload.accept == ".jpg,.jpeg,.png,.webp,.gif,.pdf"
    assert UPLOAD.form(BODY, [], {"x": "y"}, "answer").upload.files == ()


def test_upload_shows_what_is_asked_and_nothing_of_the_key():
    assert UPLOAD.present(BODY, []) == {
        "type": "file_upload",
        "stem": "交一份走访记录",
        "kinds": ["pdf", "picture"],
        "most_files": 1,
        "most_mb": 10,
    }


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({"kinds": []}, ["body.kinds"]),
        ({"kinds": ["exe"]}, ["body.kinds"]),
        ({"kinds": ["pdf", "pdf"]}, ["body.kinds"]),
        ({"kinds": "pdf"}, ["body.kinds"]),
        ({"kinds": [["pdf"]]}, ["body.kinds"]),
        ({"most_files": 0}, ["body.most_files"]),
        ({"most_files": 11}, ["body.most_files"]),
        ({"most_files": True}, ["body.most_files"]),
        ({"most_mb": 51}, ["body.most_mb"]),
        ({"most_mb": "10"}, ["body.most_mb"]),
        ({"options": []}, ["body.options"]),
    ],
)
def test_validate_says_where_the_question_is_wrong(change, problems):
    with pytest.raises(ItemInvalid) as caught:
        UPLOAD.validate({**BODY, **change}, KEY)
    assert [field for field, _ in caught.value.problems] == problems


@given(
    kinds=st.sets(st.sampled_from(sorted(KINDS)), min_size=1), files=st.integers(1, 10), mb=st.integers(1, 50)
)
def test_every_question_within_the_limits_is_valid(kinds, files, mb):
    body = {"stem": "交", "kinds": sorted(kinds), "most_files": files, "most_mb": mb}
    assert UPLOAD.validate(body, KEY) is None


@given(raw=st.lists(st.text(max_size=80) | st.just(ONE) | st.just(TWO)) | st.text(max_size=80))
def test_what_is_taken_names_files_and_stays_the_same(raw):
    try:
        clean = UPLOAD.clean_response({**BODY, "most_files": 10}, raw)
    except ResponseInvalid:
        return
    assert UPLOAD.clean_response({**BODY, "most_files": 10}, clean) == clean
    assert [f"{sha256}/{name}" for sha256, name in named_files(clean)] == (clean or [])


def test_form_of_the_author_reads_back_what_the_question_says():
    body = {"stem": "交", "kinds": ["pdf", "picture"], "most_files": 3}
    values = written(UPLOAD.fill(body, KEY), body)
    assert (values["takes_pdf"], values["takes_sheet"], values["most_files"], values["most_mb"]) == (
        True,
        False,
        "3",
        "",
    )
    read = UPLOAD.read(values, (body, KEY))
    assert (read.body, read.key) == (body, KEY)


def test_form_of_the_author_names_every_field_of_the_body():
    names = {field.name for field in UPLOAD.sheet()}
    assert names >= {*(f"takes_{kind}" for kind in KINDS), "most_files", "most_mb", "criteria"}
    assert UPLOAD.read({"stem": "交"}).body == {"stem": "交", "kinds": []}
