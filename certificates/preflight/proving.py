"""A trial print, read back: what stands on the paper is what the record says, and all of it fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.preflight.findings import Finding
from certificates.preflight.reading import Page, dense, read_pdf, text_of_html, unreadable
from certificates.press import Order, Printed, lettering, print_order
from certificates.press.theming import CertificateTheme, load_theme
from certificates.printing import Printable, order_of
from certificates.wording import forbidden_word

TOLERANCE_MM = 0.5
# Names of people: what they are called is nobody's wording.
NAMES = ("holder.name", "mentor.name", "signature.name", "signer.name")
FIELDS = {
    "certificate_title": gettext_lazy("title of the certificate"),
    "serial": gettext_lazy("certificate number"),
    "scheme": gettext_lazy("title of the scheme"),
    "holder.name": gettext_lazy("name of the holder"),
    "holder.id_masked": gettext_lazy("masked ID number"),
    "period": gettext_lazy("days of the training"),
    "modules": gettext_lazy("modules and results"),
    "axes": gettext_lazy("competencies and scores"),
    "not_included": gettext_lazy("competencies left out"),
    "mentor": gettext_lazy("mentor and pairing"),
    "issuer": gettext_lazy("name of the issuer"),
    "issued_on": gettext_lazy("day of issue"),
    "valid_until": gettext_lazy("last day of validity"),
}


@dataclass(frozen=True)
class Proved:
    """What a trial print showed; no findings: it may be printed for good. `fast`: by the short way."""

    findings: tuple[Finding, ...]
    fast: bool


def prove(printable: Printable) -> Proved:
    """Print a trial and compare it with its order. Raises what the press raises. Queries: none."""
    order = order_of(printable)
    theme = load_theme(order.theme)
    printed = print_order(order)
    return Proved(tuple(_findings(order, theme, printed)), printed.fast)


def compare(order: Order, page: Page) -> tuple[str, ...]:
    """Fields of an order (dotted names) that its theme shows and that do not read the same on the page."""
    shown = text_of_html(load_theme(order.theme).html(order.context))
    wanted = ((name, dense(text)) for name, text in texts_of(order.context))
    return tuple(name for name, text in wanted if text in shown and text not in page.text)


def texts_of(values: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a context by its dotted name (modules.0.result); pictures drawn inline are none."""
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield from texts_of(value, f"{name}.{key}" if name else str(key))
    elif isinstance(values, list | tuple):
        for number, value in enumerate(values):
            yield from texts_of(value, f"{name}.{number}")
    elif isinstance(values, int | str) and not isinstance(values, bool | SafeString) and str(values):
        yield name, str(values)


def field_title(name: str) -> str:
    """A dotted name in words; the name itself where it has none."""
    places = [name.rsplit(".", cut)[0] for cut in range(name.count(".") + 1)]
    return next((str(FIELDS[place]) for place in places if place in FIELDS), name)


def _findings(order: Order, theme: CertificateTheme, printed: Printed) -> Iterator[Finding]:
    yield from _without_glyphs(order, theme)
    if printed.overflowing:
        yield Finding(
            "fits",
            _("Too long for its place on the page: %(fields)s") % {"fields": _titles(printed.overflowing)},
            _("Choose a design with more room, or shorten the text"),
        )
    page = read_pdf(printed.pdf)
    if not _is_as_laid_out(page, theme):
        yield Finding(
            "fits",
            _("It does not fit on the page of this design"),
            _("Choose a design with more room, or shorten the text"),
        )
    strange = unreadable(page.text)
    differing = compare(order, page)
    if strange or differing:
        yield Finding(
            "reads",
            _("Read back from the trial print, this is not what it should be: %(fields)s")
            % {"fields": _titles(differing) if differing else _("signs without a meaning")},
            _("Try another design; if that does not help, ask whoever looks after this site"),
        )
    yield from _forbidden(order)


def _without_glyphs(order: Order, theme: CertificateTheme) -> Iterator[Finding]:
    """Boxes read back as the right text: only the fonts know. Mentors and modules are looked at as well as names."""
    fonts = tuple(theme.definition["fonts"])
    texts = [
        (name, lettering.missing_glyphs(dense(text), fonts=fonts)) for name, text in texts_of(order.context)
    ]
    fields = tuple(name for name, missing in texts if missing)
    if fields:
        signs = dict.fromkeys(sign for _name, missing in texts for sign in missing)
        yield Finding(
            "printable",
            _("No font can print %(signs)s, in: %(fields)s")
            % {"signs": lettering.described(signs), "fields": _titles(fields)},
            _("Install a font that has it, or have the text written differently"),
        )


def _is_as_laid_out(page: Page, theme: CertificateTheme) -> bool:
    paper = theme.definition["page"]
    beside = (abs(page.width_mm - paper["width_mm"]), abs(page.height_mm - paper["height_mm"]))
    return page.pages == (paper["sheets"] or page.pages) and max(beside) <= TOLERANCE_MM


def _forbidden(order: Order) -> Iterator[Finding]:
    for name, text in texts_of(order.context):
        word = None if name in NAMES else forbidden_word(text)
        if word:
            yield Finding(
                "wording",
                _("“%(word)s” must not stand on an internal certificate: “%(text)s”")
                % {"word": word, "text": text},
                _("Have this title changed where it comes from, then check again"),
            )
            return


def _titles(names: tuple[str, ...]) -> str:
    return _(", ").join(dict.fromkeys(map(field_title, names)))
