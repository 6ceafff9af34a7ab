"""Forms that say what is wrong, and what to do, in words of their own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

ANY = {
    "required": _("Fill this in."),
    "min_value": _("At least %(limit_value)s."),
    "max_value": _("At most %(limit_value)s."),
    "max_length": _("At most %(limit_value)s characters; these are %(show_value)s."),
    "max_digits": _("At most %(max)s digits."),
    "max_decimal_places": _("At most %(max)s digits after the decimal point."),
    "max_whole_digits": _("At most %(max)s digits before the decimal point."),
    "invalid_choice": _("Choose one of those offered."),
}
# The later counts: to Django a number with decimals is a kind of whole number.
OF_KIND: tuple[tuple[type[forms.Field], dict[str, Any]], ...] = (
    (forms.IntegerField, {"invalid": _("Write a whole number, such as 60.")}),
    (forms.DecimalField, {"invalid": _("Write a number, such as 60 or 62.5.")}),
    (forms.SlugField, {"invalid": _("Only Latin letters, digits, - and _, without spaces.")}),
    (forms.DateField, {"invalid": _("Write the date as 2026-11-22.")}),
    (forms.DateTimeField, {"invalid": _("Write date and time as 2026-11-22 09:00.")}),
    (
        forms.FileField,
        {
            "required": _("Choose the file."),
            "missing": _("Choose the file."),
            "invalid": _("The file did not arrive. Choose it again."),
            "empty": _("The file is empty. Choose another one."),
            "max_length": _("The name of the file is too long. Give it a shorter one."),
        },
    ),
)


class PlainForm(forms.Form):
    """A form whose fields speak so; what a field says of itself stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.speak(*self.fields)

    def speak(self, *names: str) -> None:
        """Give these fields the words; for those that are made after the form was."""
        for name in names:
            field = self.fields[name]
            own = {
                code: text for kind, said in OF_KIND if isinstance(field, kind) for code, text in said.items()
            }
            field.error_messages = {**field.error_messages, **ANY, **own}
