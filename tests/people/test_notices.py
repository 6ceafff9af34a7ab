"""The inbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from people.models import Notice
from people.notices import mark_read, open_notice, send_notice, settle_notices
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


def test_opened_notice_is_read_once_and_others_stay_shut(db: Any, now: datetime) -> None:
    reader, later = make_person(), now + timedelta(hours=1)
    notice = send_notice(recipient=reader, title="通知", source_key="x:1", now=now)
    assert open_notice(pk=notice.pk, recipient=make_person(), now=now) is None
    assert open_notice(pk=notice.pk, recipient=reader, now=now) == notice
    open_notice(pk=notice.pk, recipient=reader, now=later)
    assert Notice.objects.get().read_at == now


def test_settled_are_the_notices_of_one_matter_only(db: Any, now: datetime) -> None:
    reader = make_person()
    for key in ("session:1", "session:1:again", "session:12"):
        send_notice(recipient=reader, title="请确认", source_key=key, now=now)
    assert settle_notices(source_key="session:1", now=now) == 2
    assert Notice.objects.get(read_at=None).source_key == "session:12"
