"""The table of question types."""

import subprocess
import sys

import pytest

from assessments.items import ITEM_TYPES, item_type
from assessments.items.registry import register
from assessments.items.types.single import Single


def test_table_holds_every_type_of_the_pack():
    assert {code: kind.title for code, kind in ITEM_TYPES.items()} == {
        "case_analysis": "Case analysis",
        "cloze": "Cloze",
        "file_upload": "File upload",
        "fill_in": "Fill-in",
        "hotspot": "Hotspot",
        "matching": "Matching",
        "multiple": "Multiple choice",
        "ordering": "Ordering",
        "short_answer": "Short answer",
        "single": "Single choice",
        "true_false": "True or false",
    }


def test_types_marked_by_a_person_say_so():
    assert sorted(code for code, kind in ITEM_TYPES.items() if kind.marked_by_person) == [
        "case_analysis",
        "file_upload",
        "short_answer",
    ]


def test_unknown_type_is_a_lookup_error_that_lists_the_known_ones():
    with pytest.raises(
        LookupError,
        match=r"no question type 'essay'; known: case_analysis, cloze, file_upload, fill_in, hotspot, ",
    ):
        item_type("essay")


def test_two_classes_of_one_code_are_refused():
    with pytest.raises(ValueError, match="two question types are called 'single'"):
        register(Single)


def test_package_imports_no_django():
    code = "import sys, assessments.items, assessments.deciding; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
