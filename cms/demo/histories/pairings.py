"""Masters and pupils: agreements (`pack/agreements.yaml`) with their meetings, a judgement and, for some, an end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from cms.demo.histories.chance import between, fraction, pick
from cms.demo.histories.hours import DAY, Calendar, after_work, at, in_office
from cms.demo.histories.steps import ChangeAsked, Confirmed, Ended, Endorsed, Goal, Met, Paired, Step

SESSIONS = UUID("7f4b1c1e-2a55-4a0c-9a3c-1d0a54b3f6f2")
YEAR_OF_A_PAIRING = 365
MINUTES = (45, 60, 60, 75, 90, 90, 120)


@dataclass(frozen=True)
class Notes:
    """Words for pairings, from `pack/notes.yaml`.

    goals: leaf → [{target, text}]; sessions: leaf → method → texts with {slots}; slots: slot → what may stand there;
    praise and not_yet: leaf → sentences of an endorsement.
    """

    goals: Mapping[str, Sequence[Mapping[str, Any]]]
    sessions: Mapping[str, Mapping[str, Sequence[str]]]
    slots: Mapping[str, Sequence[str]]
    praise: Mapping[str, Sequence[str]]
    not_yet: Mapping[str, Sequence[str]]
    closing: Mapping[str, Sequence[str]]


def accompany(told: Mapping[str, Any], notes: Notes, calendar: Calendar) -> list[Step]:
    """Everything that happened in one pairing."""
    return list(_Agreement(told, notes, calendar).steps())


@dataclass(frozen=True)
class _Agreement:
    told: Mapping[str, Any]
    notes: Notes
    calendar: Calendar

    @property
    def number(self) -> str:
        return str(self.told["agreement_no"])

    def steps(self) -> Iterator[Step]:
        yield self._paired()
        days = self._days()
        unconfirmed = self.told.get("unconfirmed", 0)
        for place, day in enumerate(days):
            yield from self._session(place, day, confirmed=place < len(days) - unconfirmed)
        if "endorsed" in self.told:
            yield self._endorsed(self.told["endorsed"])
        if "ended" in self.told:
            end = self.told["ended"]
            yield Ended(
                in_office(end["day"], self.number), self.number, end["result"], self.told["signed_by"]
            )

    def _paired(self) -> Paired:
        since = self.told["since"]
        return Paired(
            at(since, 9, 0),
            self.number,
            self.told["mentor"],
            self.told["mentee"],
            self.told["area"],
            since,
            self.told.get("until") or since + (YEAR_OF_A_PAIRING - 1) * DAY,
            (since - 4 * DAY, since - 4 * DAY, since - 3 * DAY),
            tuple(self._goal(leaf) for leaf in self.told["leaves"]),
            self.told["signed_by"],
        )

    def _goal(self, leaf: str) -> Goal:
        chosen = pick(self.notes.goals[leaf], self.number, leaf)
        return Goal(leaf, chosen["target"], chosen["text"])

    def _days(self) -> list[date]:
        """From the last meeting back to the first, one every so many days, on working days."""
        if "met" not in self.told:
            return []
        day, days = self.told["met"]["last"], []
        earliest = max(self.told["since"] + 2 * DAY, self.calendar.first_on + DAY)
        while day >= earliest:
            if self.calendar.office_day(day) == day:
                days.append(day)
                day -= (self.told["met"]["every"] + between(-4, 5, self.number, day)) * DAY
            else:
                day -= DAY
        return days[::-1]

    def _session(self, place: int, day: date, *, confirmed: bool) -> Iterator[Step]:
        names = (self.number, place)
        key = uuid5(SESSIONS, f"{self.number}/{place}")
        sides = [self.told["mentor"], self.told["mentee"]]
        if fraction("writer", *names) < 0.25:
            sides.reverse()
        writer, other = sides
        method, text = self._words(place)
        minutes = pick(MINUTES, "minutes", *names)
        yield Met(after_work(day, *names), self.number, key, day, minutes, method, text, writer)
        replied = after_work(day + between(1, 2, "reply", *names) * DAY, "reply", *names)
        if confirmed:
            yield Confirmed(replied, self.number, key, other)
        elif "change" in self.told:
            yield ChangeAsked(replied, self.number, key, other, self.told["change"])

    def _words(self, place: int) -> tuple[str, str]:
        """Method and text of a meeting; none comes twice in a pairing before all were used."""
        leaves = self.told["leaves"]
        known = [
            (method, text)
            for leaf in leaves
            for method, texts in self.notes.sessions[leaf].items()
            for text in texts
        ]
        known.sort(key=lambda each: fraction(self.number, *each))
        method, text = known[place % len(known)]
        slots = {slot: pick(options, slot, self.number, place) for slot, options in self.notes.slots.items()}
        return method, text.format(**slots)

    def _endorsed(self, told: Mapping[str, Any]) -> Endorsed:
        not_yet = told.get("not_yet", [])
        reached = [leaf for leaf in self.told["leaves"] if leaf not in not_yet]
        sentences = [pick(self.notes.praise[leaf], self.number, leaf) for leaf in reached]
        sentences += [pick(self.notes.not_yet[leaf], self.number, leaf) for leaf in not_yet]
        sentences.append(pick(self.notes.closing["not_yet" if not_yet else "reached"], self.number))
        mentor = self.told["mentor"]
        return Endorsed(
            after_work(told["day"], self.number), self.number, mentor, tuple(reached), "".join(sentences)
        )
