"""The four lists as everybody reads them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from library import queries
from library.models import ListEntry, ListKind

LONGEST_SEARCH = 60


@dataclass(frozen=True)
class Listed:
    """One of the four lists: its entries that answer the search, and how many those are."""

    kind: ListKind
    entries: tuple[ListEntry, ...]

    @property
    def count(self) -> int:
        return len(self.entries)


@login_required
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """All four, or one; only what answers the search. Which scenario cites an entry is not said: it would tell."""
    words = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    kind = request.GET.get("kind", "")
    found = tuple(queries.entries_shown(on=timezone.localdate(), words=words))
    counts = Counter(entry.kind for entry in found)
    chosen = [each for each in ListKind if each == kind] or list(ListKind)
    context = {
        "words": words,
        "kind": kind if kind in ListKind.values else "",
        "counts": [(each, counts[each.value]) for each in ListKind],
        "total": len(found),
        "lists": [Listed(each, tuple(entry for entry in found if entry.kind == each)) for each in chosen],
    }
    return render(request, "library/lists.html", context)
