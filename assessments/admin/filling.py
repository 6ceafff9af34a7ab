"""A question while it is being written: what is on its page, and what is wrong with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from assessments.admin.forms import CatalogueForm
from assessments.admin.sheets import PREFIX, name_of
from assessments.bank.media import address_of, keep_medium
from assessments.items.authoring import Field, Rows, Sheet, Written
from assessments.items.media import FILE, SOUNDS, suffix_of
from assessments.items.problems import ProblemsFound
from assessments.wording import in_words
from core.errors import Refusal
from people.models import Person


@dataclass(frozen=True)
class Trouble:
    """Something wrong: where on the page, and the sentence."""

    id: str
    text: str


@dataclass
class Draft:
    """What is on the page: values of the type's fields, the catalogue form, and what is wrong with them."""

    values: dict[str, Any]
    catalogue: CatalogueForm
    base_number: int
    filled_from: int
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    refusal: str = ""
    diff: str = ""
    bound: bool = False

    def has_troubles(self) -> bool:
        return bool(self.errors or (self.bound and self.catalogue.errors))

    def troubles(self, sheet: Sheet) -> list[Trouble]:
        """Everything that is wrong, by the names of the fields, for the summary on top."""
        own = [
            Trouble(f"{PREFIX}{place}", f"{name_of(sheet, place, self.values)}：{text}")
            for place, texts in self.errors.items()
            for text in texts
        ]
        names = self.catalogue.errors if self.bound else {}
        return own + [
            Trouble(self.catalogue[name].id_for_label or name, f"{self.catalogue[name].label}：{text}")
            for name, texts in names.items()
            for text in texts
        ]


def keep_file(draft: Draft, rows: Field | Rows, upload: UploadedFile, *, by: Person, now: datetime) -> None:
    """Keep a picture or sound and put it on the page. Raises Refusal for a file that cannot be taken there."""
    kept = keep_medium(content=upload.read(), name=upload.name or "", by=by, now=now)
    row, there = {"file": kept.file, "alt": ""}, draft.values[rows.name]
    if isinstance(rows, Rows) and rows.uploads == "media":
        draft.values[rows.name] = [*there, row]
    elif kept.width is None:
        raise Refusal(_("Here a picture is needed, not a sound."))
    else:
        size = {"width": str(kept.width), "height": str(kept.height)}
        draft.values[rows.name] = [{**row, "alt": there[0].get("alt", "") if there else "", **size}]


def addresses_of(media: Iterable[Mapping[str, str]]) -> list[tuple[str, str, bool]]:
    """Of every kept file: its name, where a browser finds it, whether it is a sound."""
    files = [row["file"] for row in media if FILE.fullmatch(row.get("file", ""))]
    return [(file, address_of(file), suffix_of(file) in SOUNDS) for file in files]


def number_of(data: QueryDict, name: str) -> int:
    """A posted version number, 0 for none."""
    text = data.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def mark_of(request: HttpRequest) -> str:
    """The name of one opened form: by it the browser knows what arrived, and drops what it kept (admin-stored.js)."""
    return request.POST.get("mark", "")[:32]


def plain(data: QueryDict) -> dict[str, Any]:
    """What was posted, to fill an unchecked form with."""
    return {name: data.getlist(name) if name == "clauses" else data[name] for name in data}


def tell(draft: Draft, made: Written, found: ProblemsFound, *, but: Iterable[str] = ()) -> None:
    """Put every problem to its field; a field that was told about already is left alone."""
    told = set(but)
    for where, message in found.problems:
        place = made.place_of(where)
        if not any(place == each or each.startswith(f"{place}.") for each in told):
            draft.errors[place].append(in_words(message))
