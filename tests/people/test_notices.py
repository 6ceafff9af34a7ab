"""The inbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from people.models import Notice
from people.notices import mark_read, send_notice
from tests.factories import make_person


def test_notice_arrives_once(db: Any, now: datetime) -> None:
    reader = make_person()
    first = send_notice(recipient=reader, title="已发证书", source_key="certificate:1", now=now, url="/me/")
    again = send_notice(
        recipient=reader, title="又一次", source_key="certificate:1", now=now + timedelta(hours=1)
    )
    assert (again.pk, again.title, again.url) == (first.pk, "已发证书", "/me/")
    assert Notice.objects.count() == 1


def test_notice_read_stays_read_when_it_is_sent_again(db: Any, now: datetime) -> None:
    reader = make_person()
    send_notice(recipient=reader, title="已发证书", source_key="certificate:1", now=now)
    assert mark_read(recipient=reader, now=now) == 1
    send_notice(recipient=reader, title="已发证书", source_key="certificate:1", now=now)
    assert mark_read(recipient=reader, now=now) == 0


def test_mark_read_touches_ones_own_inbox_only(db: Any, now: datetime) -> None:
    reader, other = make_person(), make_person()
    for place, recipient in enumerate((reader, other)):
        send_notice(recipient=recipient, title="通知", source_key=f"x:{place}", now=now)
    mark_read(recipient=reader, now=now)
    assert Notice.objects.filter(recipient=other, read_at=None).count() == 1
