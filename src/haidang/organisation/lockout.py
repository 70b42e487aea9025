"""When signing in is refused for a while. Pure: the same for names that exist and names that do not."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec


class Attempts(msgspec.Struct, frozen=True):
    """Failed attempts of one user name, or from one address."""

    failures: int
    first_at: datetime
    locked_until: datetime | None


def begin(state: Attempts, now: datetime, *, limit: int, lock: timedelta) -> tuple[bool, Attempts]:
    """Return whether an attempt may be made now, and the state with it counted.

    The attempt is counted as failed before the password is looked at and taken off after a success, so that
    many attempts at once do not get more guesses than the limit. Failures older than ``lock`` are forgotten.
    """
    if state.locked_until and now < state.locked_until:
        return False, state
    if state.locked_until or now - state.first_at >= lock:
        state = Attempts(0, now, None)
    failures = state.failures + 1
    return True, Attempts(failures, state.first_at, now + lock if failures >= limit else None)
