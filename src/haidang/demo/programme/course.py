"""How the money of a made-up project goes, month by month: plans, acceptances, payments, promises. Pure.

Nothing here is drawn by hand: works begin and go at their pace, volume is accepted as it grows, plans ask for
what was to be built, and payments follow what is accepted, late in the year more than early, never beyond
what is allocated. So whatever the day, the figures keep the rules of the ledger by the way they come about.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

import msgspec

from haidang.demo.programme.calendar import Month, day_in, month_of, period, plan_year, working
from haidang.demo.programme.works import (
    MILLION,
    Accepted,
    Act,
    Course,
    Expected,
    Paid,
    Planned,
    Promised,
    Source,
    Work,
    decided_on,
)
from haidang.programme.model.payments import PaymentKind

_EAGER = {
    1: 0.8, 2: 0.3, 3: 0.35, 4: 0.35, 5: 0.4, 6: 0.6, 7: 0.45, 8: 0.45, 9: 0.6, 10: 0.6, 11: 0.7, 12: 0.95,
}  # fmt: skip
"""What part of the accepted volume is paid in a month of the calendar."""
_PAID_ALWAYS = {6, 9, 12, 1}
_SMALL = 30 * MILLION
_STEP = 100 * MILLION


class _Pot(msgspec.Struct):
    """What a year still has of a source."""

    left: int
    since: date
    out: int = 0
    """What was paid of it."""


class Telling:
    """Tells one project's months in their order."""

    def __init__(
        self, works: Sequence[Work], *, total: int, decided: Month, today: date, central: float,
        chance: Random, allocated_late: bool = False, supplements: bool = False,
        keeps_plan: bool = False, keen: float = 1.0,
    ) -> None:  # fmt: skip
        self.works, self.total, self.decided, self.today = works, total, decided, today
        self.central, self.chance, self.keen = central, chance, keen
        self.allocated_late, self.supplements, self.keeps_plan = allocated_late, supplements, keeps_plan
        self.course = Course([], [], [], [], [], [])
        count = len(works)
        self.volume, self.gross = [0] * count, [0] * count
        self.advanced, self.recovered = [0] * count, [0] * count
        self.pots: dict[tuple[int, Source, bool], _Pot] = {}
        self.plan: dict[tuple[int, Source], int] = {}
        self.carries: set[int] = set()

    def tell(self) -> Course:
        """Return the course from the decision until today."""
        for month in range(self.decided, month_of(self.today) + 1):
            self._decide(month)
            self._accept(month)
            self._pay(month)
            running = [work for work in self.works if work.begin <= month]
            if running:
                done = sum(work.value * work.built(month) for work in running)
                self.course.built.append((month, 100 * done / sum(work.value for work in self.works)))
        self._expect()
        return self.course

    # Plans

    def _decide(self, month: Month) -> None:
        """Let the decisions of a month set what the project gets."""
        year, calendar_month = month // 12, month % 12 + 1
        if calendar_month == 12:
            self._open(year + 1, "plan")
        if calendar_month == 1:
            self._promise(year, day_in(month, 25), 2)
        if calendar_month == 2:
            self._carry(year)
        if calendar_month == 7:
            self._adjust(year)
        if calendar_month == 8 and year == plan_year(month_of(self.today)):
            self._promise(year, day_in(month, 5), 8)
        if calendar_month == 11:
            self._adjust(year, "late")

    def _open(self, year: int, act: Act) -> None:
        """Give the project its first plan of a year: what was to be built by its end and is not paid."""
        day = decided_on(act, year)
        over = max(work.real_end for work in self.works)
        if day > self.today or self._planned(year) or over <= (year - 1) * 12 + 8:
            return
        end = year * 12 + 11
        wanted = sum(work.value * self._wanted(work, end) for work in self.works) - self._net()
        wanted *= self.chance.uniform(0.9, 1.0)
        kept = 0
        if act == "plan" and self.chance.random() < 0.6:
            # What is not paid by January shall be carried over, and is not asked for again.
            self.carries.add(year)
            kept = round(self._left(year - 1) * 0.75)
            wanted -= kept
        if act != "plan":  # what begins within the year waits for its tender
            wanted = min(wanted, self.total * 0.2)
        owed = sum(work.value for work in self.works if work.begin <= end) - self._net()
        amount = min(round(wanted * (0.75 if self.supplements else 1)), owed - kept)
        if amount < max(3 * _STEP, self.total * 3 // 100):
            return
        self._set(year, act, amount)
        if act != "plan":
            self._promise(year, day, period(month_of(day)) + 1)

    def _wanted(self, work: Work, end: Month) -> float:
        part = work.planned(end)
        return max(part, work.advance) if work.begin <= end else 0.0

    def _set(self, year: int, act: Act, amount: int) -> None:
        """Let a decision set what a year's plan and its allocation are, for each source."""
        central = round(amount * self.central / _STEP) * _STEP
        amounts: dict[Source, int] = {"provincial": _rounded(amount - central)}
        if central:
            amounts["central"] = central
        for source, dong in amounts.items():
            before = self.plan.get((year, source))
            if before == dong:
                continue
            self.course.plans.append(Planned(year, "annual", source, dong, act))
            if before is None:  # the Council gives a little more than the Prime Minister asks for
                asked = dong if source == "central" else _rounded(round(dong * 0.97))
                self.course.plans.append(Planned(year, "prime_minister", source, asked, act))
            late: Act = "allocation_late" if self.allocated_late else "allocation"
            into: Act = late if act == "plan" else act
            since = decided_on(into, year)
            if since <= self.today:
                self.course.plans.append(Planned(year, "allocation", source, dong, into))
            pot = self.pots.setdefault((year, source, False), _Pot(0, since))
            saved = 0 if before else round(dong * self.chance.uniform(0.01, 0.09))
            pot.left += dong - (before or 0) - saved
            self.plan[year, source] = dong

    def _planned(self, year: int) -> int:
        return sum(dong for (of, _), dong in self.plan.items() if of == year)

    def _left(self, year: int) -> int:
        return sum(pot.left for (of, _, carried), pot in self.pots.items() if of == year and not carried)

    def _adjust(self, year: int, act: Act = "adjust") -> None:
        """Change a year's plan by what is to be expected, or give the first one."""
        day = decided_on(act, year)
        if day > self.today:
            return
        if not self._planned(year):
            if month_of(day) > self.decided + 1:
                self._open(year, act)
            return
        end = year * 12 + 12
        due = sum(work.value * work.built(end) for work in self.works if work.begin <= end) - self._net()
        left = self._left(year)
        spent = self._planned(year) - left
        if act == "adjust" and due < 0.6 * left and not self.keeps_plan and not self.central:
            self._set(year, act, spent + max(_up(round(due * 1.2)), _up(round(left * 0.45))))
        elif due > left * 1.05 and (act == "late") == self.supplements:
            most = sum(work.value for work in self.works) - self._net() - left
            raised = min(round(due - left), max(0, most))
            if raised > _STEP:
                self._set(year, act, spent + left + raised // _STEP * _STEP)

    def _carry(self, year: int) -> None:
        """Carry over what the year before has left, where a decision does; else it lapses."""
        day = decided_on("carry", year)
        for source in ("provincial", "central"):
            pot = self.pots.get((year - 1, source, False))
            if pot is None or pot.left < _STEP or day > self.today:
                continue
            owed = sum(work.value for work in self.works) - self._net() - self._planned(year)
            amount = min(pot.left, owed) // MILLION * MILLION
            if year in self.carries and amount > _STEP:
                self.course.plans.append(Planned(year, "carry_over", source, amount, "carry"))
                self.pots[year, source, True] = _Pot(amount, day)
            pot.left = 0

    # Works and payments

    def _net(self) -> int:
        return sum(self.gross) + sum(self.advanced) - sum(self.recovered)

    def _accept(self, month: Month) -> None:
        on = working(day_in(month, 8 + self.chance.randrange(6)))
        for number, work in enumerate(self.works):
            if month < work.begin + 2 or on > self.today or (work.stops is not None and month > work.stops):
                continue
            done = month >= work.real_end
            target = work.value if done else round(work.value * work.built(month - 1) * 0.97)
            grown = target - self.volume[number]
            if grown >= work.value * work.least or (done and grown > 0):
                amount = grown if done else grown // MILLION * MILLION
                self.volume[number] += amount
                self.course.accepted.append(Accepted(on, number, amount))

    def _pay(self, month: Month) -> None:
        year, calendar_month = plan_year(month), month % 12 + 1
        for number, work in enumerate(self.works):
            on = working(day_in(month, 17 + self.chance.randrange(8)))
            if on > self.today or month_of(on) != month or month < work.begin:
                continue
            if not self.advanced[number] and work.advance and month >= work.begin + 1:
                self._advance(number, on, year)
                continue
            skipped = self.chance.random() < 0.3 and calendar_month not in _PAID_ALWAYS
            unpaid = self.volume[number] - self.gross[number]
            if work.stops is not None and month > work.stops and self._gives_back(number, on, year):
                continue
            if skipped or unpaid <= 0:
                continue
            part = min(1.0, _EAGER[calendar_month] * self.keen)
            volume = unpaid if unpaid < _SMALL * 4 else round(unpaid * part)
            self._volume(number, on, year, volume)

    def _advance(self, number: int, on: date, year: int) -> None:
        work = self.works[number]
        if on >= day_in(work.begin + 6, 1):
            return
        key = self._pot(year, on)
        if key is None:
            return
        amount = min(round(work.value * work.advance) // MILLION * MILLION, self.pots[key].left)
        if amount >= _SMALL:
            self.advanced[number] = amount
            self._out(number, on, key, kind="advance", dong=amount)

    def _volume(self, number: int, on: date, year: int, volume: int) -> None:
        work, key = self.works[number], self._pot(year, on)
        if key is None:
            return
        outstanding = self.advanced[number] - self.recovered[number]
        late = self.volume[number] >= 0.8 * work.value
        back = min(outstanding, round(volume * (0.6 if late else 0.3)))
        net = min(volume - back, self.pots[key].left)
        if net < min(_SMALL, volume - back):
            return
        volume = net + back
        self.gross[number] += volume
        self._out(number, on, key, kind="volume", dong=volume, net=net)
        if back:
            self.recovered[number] += back
            self._out(number, on, key, kind="recovery", dong=back, net=0)

    def _gives_back(self, number: int, on: date, year: int) -> bool:
        """Recover, by the guarantee, the advance of a contractor who was sent away; say whether there was."""
        outstanding = self.advanced[number] - self.recovered[number]
        year_pots = {key: pot.out for key, pot in self.pots.items() if key[0] == year and pot.out > 0}
        if not outstanding or not year_pots:
            return False
        key = max(year_pots, key=year_pots.__getitem__)
        back = min(outstanding, year_pots[key])
        self.recovered[number] += back
        self._out(number, on, key, kind="recovery", dong=back, net=-back)
        return True

    def _pot(self, year: int, on: date) -> tuple[int, Source, bool] | None:
        """Return where the money may come from: carried-over capital first, then what has most left."""
        found = [
            (not key[2], -pot.left, key)
            for key, pot in self.pots.items()
            if key[0] == year and pot.left >= _SMALL and pot.since < on
        ]
        return min(found)[2] if found else None

    def _out(
        self, number: int, on: date, key: tuple[int, Source, bool], *, kind: PaymentKind, dong: int,
        net: int | None = None,
    ) -> None:  # fmt: skip
        year, source, carried = key
        moved = dong if net is None else net
        self.pots[key].left -= moved
        self.pots[key].out += moved
        expected = None
        if kind != "recovery" and year >= plan_year(month_of(self.today)) - 1:
            expected = round(dong * self.chance.uniform(0.92, 1.25) / MILLION) * MILLION or None
        self.course.paid.append(Paid(on, number, kind, dong, year, source, carried, expected))

    # What the owner says

    def _promise(self, year: int, told: date, first: int) -> None:
        """Promise nearly the whole plan, late in the year more than early."""
        plan = self._planned(year)
        if not plan or told > self.today:
            return
        rest = round(plan * 0.97) if first == 2 else round(plan * 0.95) - (plan - self._left(year))
        weights = {each: self._hoped(year * 12 + each - 1) for each in range(first, 14)}
        if rest <= 0 or not weights:
            return
        if first == 2:
            self.course.promised.append(Promised(told, year, 1, 0))
        for each, weight in weights.items():
            dong = round(rest * weight / sum(weights.values()) / MILLION) * MILLION
            self.course.promised.append(Promised(told, year, each, dong))

    def _hoped(self, month: Month) -> float:
        """Return what an owner thinks will be paid in a month: what is built by then, and a little more."""
        grown = sum(
            work.value * (work.built(month - 1) - work.built(month - 2))
            + work.value * (work.planned(month) - work.planned(month - 1))
            for work in self.works
        )
        return (grown / self.total + 0.01 * (month % 12 + 1)) * self.chance.uniform(0.8, 1.2)

    def _expect(self) -> None:
        """Expect what is accepted, or soon will be, to be paid this month or the next."""
        this = month_of(self.today)
        year = plan_year(this)
        for number, work in enumerate(self.works):
            key = self._pot(year, self.today)
            if key is None or key[2] or work.begin >= this:
                continue
            unpaid = self.volume[number] - self.gross[number]
            wanted = unpaid or round(work.value * (work.built(this) - work.built(this - 2)))
            paid_now = any(each.work == number and month_of(each.on) == this for each in self.course.paid)
            when = period(this) + paid_now
            amount = min(wanted, self.pots[key].left) // MILLION * MILLION
            if amount >= _SMALL and when <= 13:
                self.course.expected.append(Expected(year, when, number, amount, key[1]))


def _rounded(amount: int) -> int:
    return max(_STEP, amount // _STEP * _STEP)


def _up(amount: int) -> int:
    return -(-amount // _STEP) * _STEP
