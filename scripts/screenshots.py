"""Take the pictures of the documents: `make screenshots`.

Builds a throwaway demo, serves it from this process with a clock that stands still, and drives Debian's Chromium
through the shots of scripts/screenshots.yaml (its head explains the fields). `--only NAME …` takes those whose file
begins so.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import yaml
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
SHOTS = Path(__file__).with_suffix(".yaml")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
MOST_BYTES = 150_000
HEIGHTS = {390: 844, 1280: 860}
# Debian's Chromium writes 11/23/2026 into a field for a date, in whatever language the page is.
DATES_AS_CHINESE_PHONES_WRITE_THEM = """document.querySelectorAll("input[type=date]").forEach(field => {
  const day = field.value.replaceAll("-", "/"); field.type = "text"; field.value = day;
})"""


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at which address, what they do there, and how the page is shown."""

    file: str
    at: str
    who: str = ""
    width: int = 1280
    height: int = 0
    light: str = "light"
    steps: list[dict[str, Any]] = field(default_factory=list)
    part: str = ""
    pdf: bool = False


class Clock:
    """The time of the pictures: it stands still while a page is made, and is the same for a shot in every run."""

    def __init__(self, start: datetime) -> None:
        self.start = self.at = start

    def now(self) -> datetime:
        return self.at

    def turn_to(self, shot: Shot) -> None:
        """A minute for each shot before this one, taken in this run or not."""
        self.at = self.start + timedelta(minutes=read_shots().index(shot))


def read_shots() -> list[Shot]:
    """The shots in the order they are taken."""
    return [Shot(**each) for each in _document()["shots"]]


def main(only: list[str]) -> None:
    """Make the pictures and say what was made."""
    shots = [shot for shot in read_shots() if not only or shot.file.startswith(tuple(only))]
    began = time.monotonic()
    clock = Clock(datetime.fromisoformat(_document()["clock"]))
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="qinglan-pictures-") as folder:
        _prepare(Path(folder), clock)
        with _site() as address:
            _take(shots, address, clock)
    _forget_unlisted()
    total = sum(path.stat().st_size for path in PICTURES.iterdir())
    print(f"{len(shots)} pictures in {time.monotonic() - began:.0f} s, the folder holds {total // 1024} KiB")


def _document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(SHOTS.read_text(encoding="utf-8"))
    return document


def _prepare(folder: Path, clock: Clock) -> None:
    """Development settings on an empty folder, no chance, no clock; then the demo."""
    for name in ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "QINGLAN_BASE_URL"):
        os.environ.pop(name, None)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="cms.settings.dev",
        QINGLAN_VAR=str(folder),
        DEBUG="0",
        DJANGO_ALLOW_ASYNC_UNSAFE="1",
    )
    sys.path.insert(0, str(ROOT))
    _same_chance_every_time()
    import django
    from django.utils import timezone

    timezone.now = clock.now
    django.setup()
    from django.core.management import call_command

    call_command("demo", no_serve=True, stdout=io.StringIO())
    _do_the_workers_part()


def _do_the_workers_part() -> None:
    """What the demo leaves to its worker and a picture shows: trial prints, and looks back at finished runs."""
    from certificates.models import BatchStatus, CertificateBatch
    from certificates.trials import try_batch
    from simulations.models import Hindsight
    from simulations.reviewing.hindsights import work_out_hindsight

    for asked in Hindsight.objects.order_by("pk"):
        work_out_hindsight(asked=asked)
    for batch in CertificateBatch.objects.filter(status=BatchStatus.PROPOSED):
        try_batch(batch=batch)


def _same_chance_every_time() -> None:
    """Papers, codes and ids come out alike in every run; they protect nothing here."""
    import secrets

    chance = Random("qinglan")  # noqa: S311
    secrets.token_bytes = lambda nbytes=32: chance.randbytes(nbytes or 32)
    uuid.uuid4 = lambda: uuid.UUID(bytes=chance.randbytes(16), version=4)


@contextmanager
def _site() -> Iterator[str]:
    """The site on a port nobody has, as long as the block lasts."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Pages are looked at, not counted."""

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()


def _take(shots: list[Shot], address: str, clock: Clock) -> None:
    from playwright.sync_api import sync_playwright

    seats: dict[str, Any] = {}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for shot in shots:
            clock.turn_to(shot)
            if shot.who and shot.who not in seats:
                seats[shot.who] = _sign_in(browser, address, shot.who)
            page = _page(browser, address, shot, seats.get(shot.who), clock)
            _keep(shot, _developed(page, shot))
            page.context.close()
        browser.close()


def _sign_in(browser: Browser, address: str, who: str) -> Any:
    """The cookies of somebody who typed staff number and password."""
    from cms.demo.organisation import DEMO_PASSWORD

    page = browser.new_context(base_url=address, locale="zh-CN").new_page()
    page.goto("/accounts/login/")
    page.get_by_label("工号").fill(who)
    page.get_by_label("密码").fill(DEMO_PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.wait_for_url(f"{address}/")
    state = page.context.storage_state()
    page.context.close()
    return state


def _page(browser: Browser, address: str, shot: Shot, seat: Any, clock: Clock) -> Page:
    """The page of a shot, its steps done, nothing moving."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": shot.width, "height": shot.height or HEIGHTS[shot.width]},
        device_scale_factor=2 if shot.width < 500 else 1,
        color_scheme=shot.light,  # type: ignore[arg-type]
        reduced_motion="reduce",
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        storage_state=seat,
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.clock.set_fixed_time(clock.at)
    if not shot.pdf:
        answer = page.goto(shot.at, wait_until="networkidle")
        if answer is None or answer.status >= 400:
            raise SystemExit(f"{shot.file}: {shot.at} answers {answer and answer.status}")
    else:
        page.goto("/")
    for step in shot.steps:
        _do(page, step)
    page.evaluate(DATES_AS_CHINESE_PHONES_WRITE_THEM)
    page.evaluate("document.fonts.ready")
    return page


def _do(page: Page, step: dict[str, Any]) -> None:
    """One step, as the head of scripts/screenshots.yaml explains them."""
    ((verb, what),) = step.items()
    if verb == "press":
        target = page.get_by_role("button", name=what).or_(page.get_by_role("link", name=what))
        target.locator("visible=true").first.click()
    elif verb == "go":
        page.goto(what)
    elif verb == "follow":
        page.locator(what).first.click()
    elif verb == "fill":
        for name, text in what.items():
            (page.locator(name) if name.startswith("[") else page.get_by_label(name)).first.fill(text)
    elif verb == "choose":
        page.get_by_label(what).first.check()
    elif verb == "open":
        page.locator(what).first.evaluate("each => each.open = true")
    elif verb == "show":
        page.locator(what).first.evaluate("each => each.scrollIntoView({block: 'start'}) || scrollBy(0, -24)")
    elif verb == "hide":
        page.add_style_tag(content=f"{what} {{ display: none !important }}")
    else:
        raise SystemExit(f"scripts/screenshots.yaml: there is no step “{verb}”")
    page.wait_for_load_state("networkidle")


def _developed(page: Page, shot: Shot) -> Image.Image:
    """The picture itself: of the window, of one part of the page, or of a certificate's first sheet."""
    if shot.pdf:
        return _sheet(page, shot)
    if shot.part:
        return Image.open(io.BytesIO(page.locator(shot.part).first.screenshot(animations="disabled")))
    return Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide")))


def _sheet(page: Page, shot: Shot) -> Image.Image:
    """The PDF behind the first link that `at` selects on the page where the steps ended."""
    address = page.locator(shot.at).first.get_attribute("href") or ""
    pdf = page.request.get(address).body()
    command = [
        shutil.which("pdftoppm") or "pdftoppm",
        "-png",
        "-singlefile",
        "-scale-to-x",
        "1280",
        "-scale-to-y",
    ]
    made = subprocess.run([*command, "-1", "-"], input=pdf, capture_output=True, check=True)  # noqa: S603
    return Image.open(io.BytesIO(made.stdout))


def _keep(shot: Shot, picture: Image.Image) -> None:
    """Write the picture as small as it must be; the same picture again is the same file."""
    picture = picture.convert("RGB")
    for quality in (86, 78, 70, 60, 50):
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=6)
        if buffer.tell() <= MOST_BYTES:
            break
    path, made = PICTURES / shot.file, buffer.getvalue()
    state = "same" if path.exists() and path.read_bytes() == made else "written"
    path.write_bytes(made)
    print(f"{state:8}{len(made) // 1024:4} KiB  {picture.width} × {picture.height}  {shot.file}", flush=True)


def _forget_unlisted() -> None:
    """A picture that no shot makes any more goes; drawings have scripts of their own."""
    listed = {shot.file for shot in read_shots()}
    for path in PICTURES.glob("*.webp"):
        if path.name not in listed:
            path.unlink()
            print(f"removed {path.name}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], help="beginnings of file names")
    main(parser.parse_args().only)
