"""The life of a feed: what a run did, and how alive the feed is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from haidang.base.problems import Fault, kind

State = Literal["live", "late", "dead", "received", "never", "paused", "error"]
Outcome = Literal["running", "ok", "partial", "failed"]

BUSY = kind("feed-busy", 409, "Nguồn dữ liệu đang được chạy", "The feed is being run already")

RUNS_DAYS = 90
"""How long the record of a run is kept; rows refused in it go with it."""
REFUSED_PER_RUN_MAX = 1_000
"""Refused rows of one run that are kept in full; the counts go on beyond."""
REFUSED_PER_FEED_MAX = 10_000


class Tally(msgspec.Struct):
    """What a run has counted so far; ``read`` is the sum of the other three."""

    read: int = 0
    accepted: int = 0
    unchanged: int = 0
    refused: int = 0
    faulty: int = 0
    """Of the accepted and unchanged rows, those with a refused or doubtful value."""
    lag_s: float | None = None

    def add(self, other: Tally) -> None:
        """Add what a batch counted; the lag is that of the newest batch."""
        self.read += other.read
        self.accepted += other.accepted
        self.unchanged += other.unchanged
        self.refused += other.refused
        self.faulty += other.faulty
        self.lag_s = self.lag_s if other.lag_s is None else other.lag_s

    @property
    def outcome(self) -> Outcome:
        """What a run with these counts amounts to when nothing stopped it."""
        return "partial" if self.refused or self.faulty else "ok"


class Refusal(msgspec.Struct, frozen=True):
    """One row, or part of it, that was not taken as it came."""

    kind: Literal["row", "field", "warning"]
    """The whole row was refused; some of its values were; or it was taken, and looks wrong."""
    row_no: int
    original: str
    faults: tuple[Fault, ...]
    source: str = ""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """The record of one run."""

    id: int
    started_at: datetime
    finished_at: datetime | None
    outcome: Outcome
    read: int
    accepted: int
    refused: int
    unchanged: int
    faulty: int
    lag_s: float | None
    message_vi: str
    message_en: str


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the state of a feed is judged by."""

    paused: bool
    problem: bool
    period_s: int | None
    poll_s: int | None
    observes: bool
    """Its rows say when they were observed, so hearing the same again proves nothing new."""
    last_accepted_at: datetime | None
    last_heard_at: datetime | None


def state(facts: Facts, now: datetime) -> State:
    """Judge how alive a feed is: fresh up to one period, late up to three, then dead.

    A polled source cannot be fresher than its poll, so one poll is granted on top. Without a declared period
    nothing can be late or on time: what came is received. A register without observed times is alive when it
    was heard, changed or not.
    """
    if facts.paused:
        return "paused"
    last = facts.last_accepted_at if facts.observes else (facts.last_heard_at or facts.last_accepted_at)
    if facts.problem:
        return "error"
    if last is None:
        return "never"
    if facts.period_s is None:
        return "received"
    grace = timedelta(seconds=min(facts.poll_s or 0, facts.period_s))
    age, period = now - last - grace, timedelta(seconds=facts.period_s)
    if age <= period:
        return "live"
    return "late" if age <= 3 * period else "dead"
