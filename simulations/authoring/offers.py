"""What an author can choose from in a document: its variables, flags, situations and endings by their Chinese names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from competencies.framework import leaf_titles, views
from library.models import ListEntry, PolicyChain, PolicyClause
from simulations.engine.bilingual import Names, names_of
from simulations.engine.editing import Document, as_rows, as_table, items_of
from simulations.engine.scenario import END
from simulations.engine.vocabulary import LEAVES

Choices = tuple[tuple[str, str], ...]
"""Value and label of what a pick list offers."""


@dataclass(frozen=True)
class Offers:
    """The pick lists of one document. `cites` and `chains` come from the library, and only where a form needs them."""

    names: Names
    variables: Choices
    flags: Choices
    nodes: Choices
    endings: Choices
    dimensions: Choices
    seats: Choices
    views: Choices
    cites: Choices = ()
    chains: Choices = ()
    short_needs: tuple[str, ...] = ()
    """The word for what E3 needs, where the document has it; every other ending has rows."""

    @property
    def targets(self) -> Choices:
        """Where a way can lead."""
        end = (END, _("The end: the first ending whose condition holds"))
        return (*self.nodes, *self.endings, end)


def offers_of(document: Document, *, cites: Choices = (), chains: Choices = ()) -> Offers:
    """The pick lists of a document, however unfinished. No query."""
    names = names_of(document)
    leaves = leaf_titles()
    return Offers(
        names=names,
        variables=tuple((key, one.label) for key, one in names.variables.items()),
        flags=tuple((key, one.label) for key, one in names.flags.items()),
        nodes=_titled(items_of(document, "node")),
        endings=_titled(items_of(document, "ending")),
        dimensions=tuple(
            (key, str(leaves.get(LEAVES.get(key, ""), name)))
            for key, name in as_table(document.get("dims")).items()
        ),
        seats=tuple(
            (str(seat.get("key", "")), str(seat.get("name", ""))) for seat in as_rows(document.get("seats"))
        ),
        views=tuple(_view(name) for name in as_table(document.get("views"))),
        cites=cites,
        chains=chains,
        short_needs=tuple({"e3_requires_any"} & as_table(document.get("scoring")).keys()),
    )


def _view(name: str) -> tuple[str, str]:
    """A view by the site's title for its newest version; by the document's name where the site has none."""
    key, _under, own = name.partition("_")
    known = [view for view in views().values() if view.key == key]
    return key, max(known, key=lambda view: view.version).title if known else f"{key} {own}".strip()


def _titled(items: Iterable[dict[str, object]]) -> Choices:
    return tuple(
        (str(item.get("id", "")), f"{item.get('id', '')} {item.get('title', '')}".strip()) for item in items
    )


def library_cites() -> Choices:
    """What feedback can cite: the clauses in force and the entries of the four lists. Two queries."""
    clauses = (
        PolicyClause.objects.filter(repealed_on=None).order_by("level", "key").values_list("key", "title")
    )
    entries = ListEntry.objects.filter(withdrawn_on=None).order_by("kind", "key").values_list("key", "title")
    return (
        *((f"clause:{key}", _("Rule: %(title)s") % {"title": title}) for key, title in clauses),
        *((f"list:{key}", _("List: %(title)s") % {"title": title}) for key, title in entries),
    )


def library_chains() -> Choices:
    """The policy chains. One query."""
    return tuple(PolicyChain.objects.order_by("title").values_list("key", "title"))
