"""Compile every django.po beside it into the .mo that Django reads. Pure Python: no gettext on the machine."""

from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    for source in sorted(ROOT.glob("*/locale*/*/LC_MESSAGES/*.po")):
        polib.pofile(str(source)).save_as_mofile(str(source.with_suffix(".mo")))
