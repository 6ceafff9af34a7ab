"""What YAML cannot hold: drawn figures, bound forms, pages and messages, made from what it can."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator

from cms import timescale
from competencies import radar

Context = Mapping[str, Any]
SAMPLE_FORM = Path(__file__).parent / "sample_form.yaml"


KINDS: Mapping[str, tuple[type[forms.Field], type[forms.Widget]]] = {
    "text": (forms.CharField, forms.TextInput),
    "long": (forms.CharField, forms.Textarea),
    "day": (forms.DateField, forms.DateInput),
    "one": (forms.ChoiceField, forms.Select),
    "side": (forms.ChoiceField, forms.RadioSelect),
    "several": (forms.MultipleChoiceField, forms.CheckboxSelectMultiple),
    "yes": (forms.BooleanField, forms.CheckboxInput),
}


def sample_form(prefix: str, data: Mapping[str, Any] | None) -> forms.Form:
    """The form of the data file `sample_form.yaml`, bound to `data` where something was sent."""
    named = {f"{prefix}-{name}": value for name, value in data.items()} if data else None
    form = forms.Form(named, prefix=prefix)
    for item in yaml.safe_load(SAMPLE_FORM.read_text(encoding="utf-8")):
        name, kind, options = item["name"], item["kind"], item.get("options", {})
        field, widget = KINDS[kind]
        form.fields[name] = field(label=item["label"], widget=widget(item.get("attributes")), **options)
    return form


def _form(of: Context) -> Context:
    return {"form": sample_form(of["prefix"], of.get("data"))}


def _field(of: Context) -> Context:
    return {"field": sample_form(of["prefix"], None)[of["name"]]}


def _radar(of: Context) -> Context:
    axes = [radar.Axis(title, *numbers) for title, *numbers in of["axes"]]
    return {"radar": radar.draw(axes), **_words(of)}


def _timescale(of: Context) -> Context:
    marks = [timescale.Mark(*mark) for mark in of["marks"]]
    return {"scale": timescale.draw(marks, until=of["until"]), **_words(of)}


def _words(of: Context) -> Context:
    return {name: of[name] for name in ("id", "title", "note") if name in of}


def _page(of: Context) -> Context:
    paginator = Paginator(range(of["count"]), 10)
    page = paginator.get_page(of["number"])
    numbers = paginator.get_elided_page_range(page.number) if of.get("numbers") else None
    return {"page": page, "range": numbers, "label": of["label"]}


def _messages(of: Any) -> Context:
    return {"messages": [Message(getattr(messages, level.upper()), text) for level, text in of]}


MAKERS: Mapping[str, Callable[[Any], Context]] = {
    "form": _form,
    "field": _field,
    "radar": _radar,
    "timescale": _timescale,
    "page": _page,
    "messages": _messages,
}
