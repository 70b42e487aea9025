"""A write with a key happens once, however often and from however many sides it is sent."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from haidang.base.database import Connection, Database
from haidang.base.idempotency import answered, forget, once
from haidang.base.problems import Problem


class Work:
    """Counts how often it was done, in the database and outside."""

    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self, connection: Connection) -> dict[str, Any]:
        self.calls += 1
        await connection.execute("SELECT pg_sleep(0.05)")
        return {"call": self.calls, "name": "Sở Tài chính"}


async def test_a_repeat_returns_the_first_answer(db: Database) -> None:
    work = Work()
    answers = [await once(db, actor="account:1", key="k1", fingerprint=b"same", work=work) for _ in range(3)]
    assert answers == [{"call": 1, "name": "Sở Tài chính"}] * 3
    assert work.calls == 1


async def test_the_same_key_at_the_same_time_does_the_work_once(db: Database) -> None:
    work = Work()
    answers = await asyncio.gather(
        *(once(db, actor="account:1", key="k2", fingerprint=b"same", work=work) for _ in range(5))
    )
    assert work.calls == 1
    assert all(answer == answers[0] for answer in answers)


async def test_what_was_answered_can_be_asked_before_the_work(db: Database) -> None:
    assert await answered(db, actor="account:1", key="k2b", fingerprint=b"same") is None
    first = await once(db, actor="account:1", key="k2b", fingerprint=b"same", work=Work())
    assert await answered(db, actor="account:1", key="k2b", fingerprint=b"same") == first
    with pytest.raises(Problem) as refused:
        await answered(db, actor="account:1", key="k2b", fingerprint=b"other")
    assert refused.value.kind.code == "idempotency-key-reused"


async def test_another_request_under_the_same_key_is_refused(db: Database) -> None:
    await once(db, actor="account:1", key="k3", fingerprint=b"one", work=Work())
    with pytest.raises(Problem) as refused:
        await once(db, actor="account:1", key="k3", fingerprint=b"two", work=Work())
    assert (refused.value.kind.code, refused.value.kind.status) == ("idempotency-key-reused", 422)


async def test_two_actors_may_choose_the_same_key(db: Database) -> None:
    work = Work()
    await once(db, actor="account:1", key="k4", fingerprint=b"one", work=work)
    await once(db, actor="account:2", key="k4", fingerprint=b"two", work=work)
    assert work.calls == 2


async def test_a_failed_write_leaves_the_key_free(db: Database) -> None:
    async def fail(connection: Connection) -> None:
        await connection.execute("SELECT 1")
        raise RuntimeError("after some work")

    with pytest.raises(RuntimeError):
        await once(db, actor="account:1", key="k5", fingerprint=b"same", work=fail)
    assert (await once(db, actor="account:1", key="k5", fingerprint=b"same", work=Work()))["call"] == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "khoá", "a\nb"])
async def test_what_is_no_key_is_refused(db: Database, key: str) -> None:
    with pytest.raises(Problem) as refused:
        await once(db, actor="account:1", key=key, fingerprint=b"", work=Work())
    assert refused.value.kind.status == 400


async def test_old_answers_are_forgotten(db: Database) -> None:
    work = Work()
    await once(db, actor="account:9", key="old", fingerprint=b"x", work=work)
    async with db.transaction() as connection:
        assert await forget(connection, datetime.now(UTC) + timedelta(seconds=1)) >= 1
    await once(db, actor="account:9", key="old", fingerprint=b"x", work=work)
    assert work.calls == 2
