"""How fast files come in: `python -m benchmarks.imports` from the project's root.

Ten thousand questions in GIFT, of three types: into the bank at once; and the way of the editor's admin, read into
lines with everything that is told about them, then taken. The memory is what the process grew by, at most.
"""

from __future__ import annotations

import io
import resource
from time import perf_counter

from benchmarks.figures import report
from benchmarks.site.serving import throwaway_site

QUESTIONS = 10_000
ROUNDS = 3
KINDS = (
    "::第{n}题::第{n}届居民代表会议由谁召集？{{=居民委员会 ~街道办事处 ~业主委员会 ~物业公司####见《组织法》。}}",
    "::第{n}题::第{n}次表决要过两道门槛。{{T}}",
    "::第{n}题::第{n}栋楼参与表决的人数占比要过几分之几？{{=三分之二 =2/3}}",
)


def paper(round_: int) -> bytes:
    """A file of questions that no other round has."""
    first = round_ * QUESTIONS
    return "\n\n".join(KINDS[n % len(KINDS)].format(n=first + n) for n in range(QUESTIONS)).encode()


def main() -> None:
    with throwaway_site() as folder:
        (folder / "broker" / "queue").mkdir(
            parents=True, exist_ok=True
        )  # what is enqueued lies there untaken
        _in_the_admin()
        from django.utils import timezone

        from assessments.transfer.drafts import Bank
        from assessments.transfer.importing import import_questions

        rates = []
        for number in range(ROUNDS):
            source = io.BytesIO(paper(number))
            before, begun = peak_mib(), perf_counter()
            found = import_questions(
                source=source, format="gift", bank=Bank("基准"), by=None, now=timezone.now()
            )
            rates.append(found.imported / (perf_counter() - begun))
        report("import_questions", "rows/s", rates, mib_grown=round(peak_mib() - before, 1), rows=QUESTIONS)


def _in_the_admin() -> None:
    """A file read into lines and taken from there, the bank being empty: looking for what reads alike comes on top, and
    takes the longer the larger the bank is."""
    from django.utils import timezone

    from assessments.transfer.advancing import advance
    from assessments.transfer.drafts import Bank
    from assessments.transfer.staging import take_lines, upload_file
    from people.models import Role
    from tests.factories import make_person

    author, now = make_person(roles=(Role.AUTHOR,)), timezone.now()
    staged = upload_file(
        content=paper(ROUNDS), name="a.gift", format="gift", bank=Bank("基准"), by=author, now=now
    )
    for name in ("read into lines", "take lines"):
        before, begun = peak_mib(), perf_counter()
        staged = advance(staged=staged)
        rate = QUESTIONS / (perf_counter() - begun)
        report(name, "rows/s", [rate], mib_grown=round(peak_mib() - before, 1), rows=QUESTIONS)
        if name == "read into lines":
            staged = take_lines(staged=staged, by=author, now=now)


def peak_mib() -> float:
    """The most memory this process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
