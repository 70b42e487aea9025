"""Passwords, user names, and when signing in is refused for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.organisation.lockout import Attempts, begin
from haidang.organisation.passwords import check_password, check_username, new_secret, weakness

NOW = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
LOCK = timedelta(minutes=15)


@pytest.mark.parametrize(
    "password",
    [
        "ngắn quá",
        "aaaaaaaaaaaaaaaa",
        "nguyen.an-2026!",  # holds the user name
        "password1234",
        "Mật khẩu 123456",
        "123456789012",
        "qwertyqwerty12",
        "x" * 201,
    ],
)
def test_weak_passwords_are_refused_with_a_reason(password: str) -> None:
    found = weakness(password, "nguyen.an")
    assert found is not None
    with pytest.raises(Problem) as refused:
        check_password(password, "nguyen.an")
    assert refused.value.faults[0].field == "password"


@pytest.mark.parametrize("password", ["con mèo nằm trên mái", "Tr4ng-sáng-vườn-chè", "correct horse battery"])
def test_good_passwords_pass(password: str) -> None:
    assert weakness(password, "nguyen.an") is None


@pytest.mark.parametrize("name", ["an", "Nguyễn An", "a b c", ".an.", "an@x", "", "a" * 65])
def test_user_names_that_are_none(name: str) -> None:
    with pytest.raises(Problem):
        check_username(name)


def test_a_user_name_has_one_spelling() -> None:
    assert check_username("  Nguyen.An ") == "nguyen.an"


def test_secrets_are_long_and_never_alike() -> None:
    made = {new_secret("hd_") for _ in range(100)}
    assert len(made) == 100
    assert all(len(secret) >= 43 + 3 for secret in made)


def test_the_fifth_failure_locks_and_the_lock_ends() -> None:
    state = Attempts(0, NOW, None)
    for _ in range(5):
        allowed, state = begin(state, NOW, limit=5, lock=LOCK)
        assert allowed
    assert state.locked_until == NOW + LOCK
    assert begin(state, NOW + LOCK - timedelta(seconds=1), limit=5, lock=LOCK)[0] is False
    allowed, state = begin(state, NOW + LOCK, limit=5, lock=LOCK)
    assert allowed
    assert state.failures == 1


def test_old_failures_are_forgotten() -> None:
    state = Attempts(4, NOW, None)
    assert begin(state, NOW + LOCK, limit=5, lock=LOCK)[1].locked_until is None


@given(st.lists(st.integers(0, 400), max_size=60), st.integers(1, 6))
def test_never_more_guesses_than_the_limit_within_a_lock(waits: list[int], limit: int) -> None:
    state, now = Attempts(0, NOW, None), NOW
    guesses: list[datetime] = []
    for wait in waits:
        now += timedelta(seconds=wait)
        allowed, state = begin(state, now, limit=limit, lock=LOCK)
        if allowed:
            guesses.append(now)
    for first in guesses:
        # Two runs of `limit` guesses can touch, never overlap.
        assert sum(first <= each < first + LOCK for each in guesses) <= 2 * limit - 1
