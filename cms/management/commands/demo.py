"""`manage.py demo`: build the demo site, then serve it with its worker."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate
from django.utils import timezone

from cms.demo.build import Say, build_demo
from cms.demo.organisation import DEMO_PASSWORD
from core.commands import Report, ReportCommand
from core.errors import Refusal

LOGINS = (
    ("学员 learner", "2026-0417", "林小满"),
    ("导师 mentor", "2014-0088", "沈静文"),
    ("阅卷 examiner", "2009-0142", "苏启明"),
    ("监考 invigilator", "2013-0095", "汪海潮"),
    ("作者 author", "2017-0064", "阿依古丽·买买提"),
    ("管理员（经办）administrator, proposes", "2011-0056", "邹敏"),
    ("管理员（审批）administrator, approves", "2003-0009", "韩立群"),
    ("街道管理员 sub-district administrator", "2012-0044", "陆云开"),
)
TOLD_EVERY = 50


class CountedMigrate(migrate.Command):
    """Django's `migrate` that tells every so often how far it is: on a new database it takes a while."""

    def __init__(self, say: Say) -> None:
        super().__init__()
        self._say, self._applied = say, 0

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        if action == "apply_success":
            self._applied += 1
            if self._applied % TOLD_EVERY == 0:
                self._say(f"  {self._applied} 步 / migrations")


class Command(ReportCommand):
    help = "Build the demo site from its data files (again and again if you like), then serve it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="build only")
        parser.add_argument("--port", type=int, default=8000)

    def report(self, **options: Any) -> Report:
        """`data`: counts of what the site holds."""
        if not options["no_serve"]:
            _check_port_is_free(options["port"])
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        self._say("数据库 / database")
        call_command(CountedMigrate(self._say), verbosity=0)
        call_command("createcachetable", verbosity=0)
        counts = build_demo(say=self._say, now=timezone.now())
        lines = (*self._logins(), "", *(f"{name}: {count}" for name, count in counts.items()))
        if options["no_serve"]:
            return Report(counts, lines)
        for line in lines:
            self.stdout.write(line)
        self._serve(options["port"])
        return Report(counts)

    def _say(self, text: str) -> None:
        self.stderr.write(text if text.startswith(" ") else f"· {text}")

    def _logins(self) -> tuple[str, ...]:
        rows = (f"  {number}  {name}  {role}" for role, number, name in LOGINS)
        return ("", f"密码 password: {DEMO_PASSWORD}", *rows)

    def _serve(self, port: int) -> None:
        """Web and worker side by side until Ctrl-C; when one ends the other is ended too."""
        env = {**os.environ, "DEBUG": os.environ.get("DEBUG", "0")}
        web = [sys.executable, "-m", "gunicorn", "cms.wsgi", "--workers", "2", "--bind", f"127.0.0.1:{port}"]
        worker = [sys.executable, "-m", "celery", "-A", "cms", "worker", "-B", "--pool", "solo"]
        worker += ["--schedule", str(settings.VAR_DIR / "celerybeat-schedule"), "--loglevel", "WARNING"]
        processes = [subprocess.Popen(command, env=env) for command in (web, worker)]  # noqa: S603
        self.stdout.write(f"\n打开 open  http://localhost:{port}/   （Ctrl-C 结束 ends）\n")
        self.stdout.flush()
        try:
            os.wait()
        except KeyboardInterrupt:
            pass
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=20)


def _check_port_is_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Refusal(
                f"端口 {port} 已被占用，演示站可能正在运行；请先停掉它，或用 --port 换一个。"
                f" / Port {port} is taken, perhaps by a running demo: stop it, or choose another with --port."
            ) from error
