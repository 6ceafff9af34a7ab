"""The page that introduces a scenario: what may be read before playing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from wagtail.models import Page

from core import audit
from people.models import Person
from simulations.models import ScenarioPage


@transaction.atomic
def publish_page(
    *, parent: Page, scenario_key: str, title: str, brief: str, by: Person | None, now: datetime
) -> ScenarioPage:
    """Write and publish a scenario's page below `parent`; the page there is when it already says the same.

    `brief` is Wagtail rich text (HTML).
    """
    page = ScenarioPage.objects.child_of(parent).filter(scenario_key=scenario_key).first()
    if page and page.live and (page.title, page.brief) == (title, brief):
        return page
    if page is None:
        page = ScenarioPage(scenario_key=scenario_key, slug=scenario_key.lower())
    page.title, page.brief = title, brief
    if page.pk is None:
        parent.add_child(instance=page)
    page.save_revision(clean=False).publish()
    audit.record(
        action="scenario.page_published", target=f"simulations.scenario:{scenario_key}", by=by, now=now
    )
    return page
