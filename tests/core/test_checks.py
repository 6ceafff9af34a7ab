"""What stops a start that would only fail at a ceremony."""

from __future__ import annotations

import ctypes.util
import shutil
from pathlib import Path
from typing import Any

import pytest

from core.checks import APT_PACKAGES, check_pdf_libraries, has_cjk_font


def test_machine_that_can_print_passes() -> None:
    assert check_pdf_libraries(None) == []


@pytest.mark.parametrize("library", ["pango-1.0", "pangoft2-1.0", "harfbuzz-subset"])
def test_missing_library_is_an_error_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    real = ctypes.util.find_library
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: None if name == library else real(name))
    (message,) = check_pdf_libraries(None)
    assert (message.id, message.level) == ("core.E001", 40)
    assert library in message.msg
    assert message.hint == f"apt-get install {APT_PACKAGES}"


def test_missing_chinese_font_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A fontconfig that knows no font at all."""
    config = tmp_path / "fonts.conf"
    config.write_text(f"<fontconfig><dir>{tmp_path}</dir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(config))
    assert [message.id for message in check_pdf_libraries(None)] == ["core.E002"]


def test_machine_without_fontconfig_tools_is_given_the_benefit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert has_cjk_font() is True


def test_start_names_the_hint(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError

    monkeypatch.setattr(ctypes.util, "find_library", lambda name: None)
    with pytest.raises(SystemCheckError, match="libharfbuzz-subset0"):
        call_command("check")
