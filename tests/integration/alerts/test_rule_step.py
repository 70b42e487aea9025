"""The step ``alerts``: exactly once over failures and restarts, rules that change, silence and the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from haidang import pipeline
from haidang.alerts.rules import clockwork, decided, live
from haidang.alerts.rules.book import book_of
from haidang.base.database import Database
from tests.integration.alerts.rule_site import PRINCIPAL, Site, opened, rules

HIGH = rules(
    high="{threshold: {attr: level, above: 5.6, clears_below: 5.4}}",
    slow="{threshold: {attr: level, above: 9, for: 2 minutes}}",
    silent="{missing: {for: 10 minutes}}",
    fast="{rate: {attr: level, rises: 3, within: 1 hour}}",
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with opened(db, tmp_path_factory.mktemp("site"), HIGH) as found:
        yield found


async def test_a_value_above_raises_once_and_clears_below_the_band(site: Site) -> None:
    await site.level("a", 5.7)
    await site.step()
    assert await site.of("a") == [("high", True, 1)]
    for level in (5.8, 5.5):
        site.clock.advance(timedelta(seconds=30))
        await site.level("a", level)
        await site.step()
    assert await site.of("a") == [("high", True, 1)]
    site.clock.advance(timedelta(seconds=30))
    await site.level("a", 5.3)
    await site.step()
    assert await site.of("a") == [("high", False, 1)]


async def test_several_kinds_raise_in_one_stretch(site: Site) -> None:
    crowd = "{count: {of: {threshold: {attr: level, above: 5}}, at_least: 2, within: 1 hour, in: everywhere}}"
    site.rules(HIGH + rules(many=crowd).removeprefix("rules:\n"))
    await site.level("p", 5.7)
    await site.level("q", 5.8)
    await site.step()
    assert [*await site.of("p"), *await site.of("q")] == [("high", True, 1), ("high", True, 1)]
    async with site.db.transaction() as connection:
        found = await connection.execute("SELECT active, value, limit_value FROM alert WHERE rule = 'many'")
        assert await found.fetchall() == [(True, 2, 2.0)]
    live._LIVE.pop(site.city)  # what the joint has seen outlives a restart
    site.clock.advance(timedelta(minutes=1))
    for name in ("p", "q"):
        await site.level(name, 1.0)
    await site.step()
    async with site.db.transaction() as connection:
        found = await connection.execute("SELECT active FROM alert WHERE rule = 'many'")
        assert await found.fetchall() == [(True,)]
    site.clock.advance(timedelta(hours=2))
    await site.tick()
    async with site.db.transaction() as connection:
        found = await connection.execute("SELECT active FROM alert WHERE rule = 'many'")
        assert await found.fetchall() == [(False,)]
        await connection.execute("UPDATE rule_state SET since = since - 86400000000 * 3 WHERE state = 0")
    live._LIVE.pop(site.city)
    await site.tick()
    async with site.db.transaction() as connection:
        found = await connection.execute("SELECT key FROM rule_state WHERE state = 0")
        assert await found.fetchall() == []  # no window reaches back to it
    site.rules(HIGH)
    await site.step()


async def test_a_failure_after_the_work_neither_skips_nor_repeats(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.level("b", 5.7)

    async def killed(*_: Any) -> None:
        raise RuntimeError("killed between the work and the cursor")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline.log, "advance", killed)
        with pytest.raises(RuntimeError):
            await site.step()
    assert await site.of("b") == []
    await site.step()
    await site.step()
    assert await site.of("b") == [("high", True, 1)]


async def test_a_restart_in_a_delay_and_in_an_alert_goes_on_where_it_stood(site: Site) -> None:
    await site.level("c", 9.5)
    await site.step()
    assert await site.of("c") == [("high", True, 1)]  # the delay of `slow` runs
    live._LIVE.pop(site.city)  # a new process
    await site.wait(1)
    assert await site.of("c") == [("high", True, 1)]
    await site.wait(1)
    assert await site.of("c") == [("high", True, 1), ("slow", True, 1)]
    live._LIVE.pop(site.city)
    await site.level("c", 4.0)
    await site.step()
    assert await site.of("c") == [("high", False, 1), ("slow", False, 1)]


async def test_a_window_outlives_a_restart(site: Site) -> None:
    await site.level("d", 1.0)
    await site.step()
    await site.wait(5)
    live._LIVE.pop(site.city)
    await site.level("d", 4.5)
    await site.step()
    assert await site.of("d") == [("fast", True, 1)]


async def test_what_is_late_repeated_or_history_changes_nothing(site: Site) -> None:
    await site.level("e", 5.0)
    await site.step()
    await site.level("e", 8.0, minutes=-3)  # late
    await site.level("e", 8.0, minutes=-600)  # history of last night
    await site.step()
    assert await site.of("e") == []
    await site.level("new", 8.0, minutes=-600)
    await site.step()
    assert await site.of("new") == []


async def test_silence_is_found_by_the_clock_and_ends_with_an_observation(site: Site) -> None:
    await site.level("f", 1.0)
    await site.step()
    await site.wait(9)
    assert await site.of("f") == []
    await site.wait(1)
    assert await site.of("f") == [("silent", True, 1)]
    await site.level("f", 1.0)
    await site.step()
    assert await site.of("f") == [("silent", False, 1)]


async def test_who_was_away_has_not_checked(site: Site) -> None:
    await site.level("g", 1.0)
    await site.step()
    site.clock.advance(timedelta(hours=3))  # nobody looked
    await site.tick()
    assert await site.of("g") == []
    await site.wait(10)
    assert await site.of("g") == [("silent", True, 1)]


async def test_while_changes_wait_the_clock_decides_nothing(site: Site) -> None:
    await site.level("h", 1.0)
    await site.step()
    await site.wait(9)
    site.clock.advance(timedelta(minutes=1))
    await site.level("h", 1.0)  # it spoke in time, and the step has not come to it
    assert not await clockwork.tick(site.city)
    await site.step()
    assert await site.of("h") == []


async def test_rules_change_between_two_changes_without_a_gap(site: Site) -> None:
    await site.level("i", 5.7)
    await site.step()
    assert await site.of("i") == [("high", True, 1)]
    site.rules(HIGH.replace("above: 5.6, clears_below: 5.4", "above: 6.6"))
    site.clock.advance(timedelta(seconds=1))
    await site.level("i", 5.9)
    await site.level("j", 6.0)
    await site.step()
    assert await site.of("i") == [("high", False, 1)]
    assert await site.of("j") == []
    site.rules("rules: [{rule: high}]")  # not valid: the ones before go on
    site.clock.advance(timedelta(seconds=1))
    await site.level("j", 7.0)
    await site.step()
    assert await site.of("j") == [("high", True, 1)]
    assert [fault.field for fault in book_of(site.city).faults] == ["gauges/rules.yaml high: version"]
    site.rules(rules(slow="{threshold: {attr: level, above: 9}}"))  # the rule is withdrawn
    await site.level("k", 1.0)
    await site.step()
    assert await site.of("j") == [("high", False, 1)]
    site.rules(HIGH)
    await site.step()


async def test_an_entity_that_is_no_more_leaves_no_alert(site: Site) -> None:
    await site.level("l", 5.7)
    await site.step()
    live._LIVE.pop(site.city)
    await site.city.delete(PRINCIPAL, "urn:ngsi-ld:Gauge:l")
    await site.step()
    assert await site.of("l") == [("high", False, 1)]
    async with site.db.transaction() as connection:
        left = await connection.execute(
            "SELECT count(*) FROM rule_state WHERE key LIKE 'e:%' AND rule = 'high'"
        )
        rows = await left.fetchone()
    active = [each for each in await site.alerts() if each[0] == "high" and each[2]]
    assert rows is not None and rows[0] == len(active)


async def test_with_every_rule_off_what_stood_ends_and_changes_pass_unread(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.level("m", 5.7)
    await site.step()
    assert await site.of("m") == [("high", True, 1)]
    names = list(book_of(site.city).rules.by_name)
    async with site.db.transaction() as connection:
        await connection.cursor().executemany(
            "INSERT INTO rule_mode (rule, mode, reason, by, at) VALUES (%s, 'off', 'quiet', 'test', now())",
            [(name,) for name in names],
        )
        await decided.revise(connection)
    await site.level("n", 5.7)
    await site.step()
    assert await site.of("m") == [("high", False, 1)]

    async def looked(*_: Any) -> None:
        raise AssertionError("a change was looked at")

    with monkeypatch.context() as patch:
        patch.setattr(live, "pass_on", looked)
        await site.level("n", 5.8)
        await site.step()
    assert await site.of("n") == []
    async with site.db.transaction() as connection:
        await connection.execute("DELETE FROM rule_mode")
        await decided.revise(connection)
    site.clock.advance(timedelta(seconds=1))
    await site.level("n", 5.9)
    await site.step()
    assert await site.of("n") == [("high", True, 1)]
