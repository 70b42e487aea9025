"""The audit after the rounds: every acknowledged write is in the log once, the state is the last one."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.bench.server import Measured


class Audit(msgspec.Struct, frozen=True):
    """What stands in the database."""

    head: int
    rows: int
    distinct: int
    states: int
    stale_states: int
    acknowledged: int
    """Observations that were acknowledged; each is at least one row of the log."""

    def faults(self) -> list[str]:
        """Return what is wrong, in words; nothing when the log is whole."""
        found = []
        if self.rows < self.acknowledged:
            found.append(f"{self.acknowledged - self.rows} acknowledged observations are not in the log")
        if self.rows != self.head:
            found.append(f"the head says {self.head} changes, the log holds {self.rows}")
        if self.distinct != self.rows:
            found.append(f"{self.rows - self.distinct} numbers stand in the log twice")
        if self.stale_states:
            found.append(f"{self.stale_states} entities do not point to their last change")
        return found


def audit(measured: Measured) -> Audit:
    """Count the log and hold the state against it."""
    with measured.connect() as connection:

        def one(query: str) -> int:
            row: Any = connection.execute(query.encode()).fetchone()
            return int(row[0])

        return Audit(
            head=one("SELECT seq FROM city_head"),
            rows=one("SELECT count(*) FROM change"),
            distinct=one("SELECT count(DISTINCT seq) FROM change"),
            states=one("SELECT count(*) FROM entity"),
            stale_states=one(
                "SELECT count(*) FROM entity e"
                " WHERE e.seq <> (SELECT max(c.seq) FROM change c WHERE c.eid = e.eid)"
                " AND e.seq > (SELECT seq FROM city_head) - 200000"
            ),
            acknowledged=measured.acknowledged,
        )


class Hot(msgspec.Struct, frozen=True):
    """How much of the disk the open partitions take, indexes included, and the numeric values in them."""

    size_bytes: int
    values: int

    def per_value(self, before: Hot) -> float:
        """Return the bytes that each value since ``before`` has cost."""
        return (self.size_bytes - before.size_bytes) / (self.values - before.values)


def hot(measured: Measured) -> Hot:
    """Measure the open partitions."""
    size = (
        "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'change'::regclass"
    )
    with measured.connect() as connection:
        connection.execute("VACUUM change")
        sized: Any = connection.execute(size).fetchone()
        counted: Any = connection.execute("SELECT coalesce(sum(cardinality(v)), 0) FROM change").fetchone()
        return Hot(size_bytes=int(sized[0]), values=int(counted[0]))
