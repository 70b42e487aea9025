"""What a site decides about rules: modes, overrides, trials on history; and what is usual at this hour."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from haidang.alerts.rules import deciding
from haidang.alerts.rules.deciding import NewMode, NewOverride
from haidang.alerts.rules.trial import Asked, trial
from haidang.base.database import Database
from haidang.base.problems import Problem
from haidang.city.tiers import summing
from haidang.organisation.permissions import Principal, Scope
from tests.integration.alerts.rule_site import PRINCIPAL, Site, opened, rules

RULES = rules(
    high="{threshold: {attr: level, above: 5.6}}",
    unusual="{baseline: {attr: level, deviates: 3, min_weeks: 2}}",
)
A = "urn:ngsi-ld:Gauge:a"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with opened(db, tmp_path_factory.mktemp("site"), RULES) as found:
        yield found


async def override(site: Site, *, version: int, **facts: Any) -> dict[str, Any]:
    new = NewOverride(entity=A, reason="trạm đặt trên nền cao", **facts)
    async with site.db.transaction() as connection:
        return await deciding.set_override(connection, site.city, PRINCIPAL, "high", new, version=version)


async def mode(site: Site, word: Any, *, version: int) -> dict[str, Any]:
    async with site.db.transaction() as connection:
        new = NewMode(word, "thử")
        return await deciding.set_mode(connection, site.city, PRINCIPAL, "high", new, version=version)


async def test_a_trial_says_what_it_would_have_come_to(site: Site) -> None:
    # History of the last days, written now: it raises nothing, and the trial sees it.
    for day in range(1, 15):
        for hour, level in ((1, 5.0), (2, 6.0), (3, 5.0)):
            await site.level("a", level, minutes=-(day * 24 - hour) * 60)
    await site.level("b", 1.0, minutes=-60)
    await site.step()
    assert await site.alerts() == []
    now = site.clock.now()
    book = deciding.book_of(site.city)
    found = await trial(
        site.city, PRINCIPAL, book.rules.by_name["high"], Asked(from_=now - timedelta(days=30), to=now)
    )
    assert (found["fired"], found["per_day"], found["entities"], found["standing"]) == (14, 0.47, 2, 0)
    assert found["by_entity"] == [{"id": A, "name": None, "fired": 14}]
    assert found["text_vi"].startswith("Lẽ ra báo động 14 lần từ 14/02/2026 đến 16/03/2026, ở 1 trong 2")
    newest = found["examples"][0]
    assert (newest["value"], newest["limit"]) == (6.0, 5.6)
    assert newest["cleared_at"] - newest["raised_at"] == timedelta(hours=1)
    nobody = Principal("account:9", "N", None, ())
    unseen = await trial(
        site.city, nobody, book.rules.by_name["high"], Asked(from_=now - timedelta(days=30), to=now)
    )
    assert (unseen["fired"], unseen["entities"]) == (0, 0)


async def test_an_override_is_for_one_gauge_until_its_end(site: Site) -> None:
    made = await override(site, version=0, set={"above": 8}, until=site.clock.now() + timedelta(hours=1))
    assert made["version"] == 1
    await site.level("a", 7.0)
    await site.level("c", 7.0)
    await site.step()
    assert await site.alerts() == [("high", "c", True, 1)]
    with pytest.raises(Problem, match="version-conflict"):
        await override(site, version=0, off=True)
    site.clock.advance(timedelta(hours=2))
    await site.tick()
    await site.level("a", 7.0)
    await site.step()
    assert await site.of("a") == [("high", True, 1)]
    await override(site, version=1, off=True)
    await site.tick()
    assert await site.of("a") == [("high", False, 1)]
    async with site.db.transaction() as connection:
        shown = await deciding.shown(connection, site.city, PRINCIPAL, "high")
        await deciding.drop_override(connection, site.city, PRINCIPAL, "high", A, version=2)
    assert [one["entity"] for one in shown["overrides"]] == [A]
    assert shown["definition"]["when"] == {"threshold": {"attr": "level", "above": 5.6}}


async def test_an_override_that_a_changed_rule_leaves_behind_stops_nothing(site: Site) -> None:
    await override(site, version=0, set={"above": 8})
    await mode(site, "on", version=0)
    site.rules(RULES.replace("{threshold: {attr: level, above: 5.6}}", '{expression: "level > 6"}'))
    site.clock.advance(timedelta(seconds=1))
    await site.level("f", 7.0)
    await site.step()
    assert await site.of("f") == [("high", True, 1)]
    site.rules(RULES)
    await site.tick()
    assert await site.of("f") == [("high", False, 1)]
    async with site.db.transaction() as connection:
        await deciding.drop_override(connection, site.city, PRINCIPAL, "high", A, version=1)
        await connection.execute("DELETE FROM rule_mode")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"above": "x" * 300}, "threshold.above"),
        ({"abve": 3}, "threshold.abve"),
        ({"clears_below": 9}, "clears_below"),
    ],
)
async def test_an_override_that_the_rule_cannot_be_is_refused(
    site: Site, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Problem) as refused:
        await override(site, version=0, set=changes)
    assert refused.value.kind.code == "bad-alert-rules"
    assert field in refused.value.faults[0].field


async def test_on_trial_a_rule_tells_nobody_and_keeps_what_it_would_have_told(site: Site) -> None:
    assert (await mode(site, "trial", version=0))["version"] == 1
    await site.level("d", 7.0)
    await site.step()
    assert await site.of("d") == []
    async with site.db.transaction() as connection:
        shown = await deciding.shown(connection, site.city, PRINCIPAL, "high")
    assert [(one["entity"], one["kind"], one["value"]) for one in shown["on_trial"]] == [
        ("urn:ngsi-ld:Gauge:d", "raise", 7.0)
    ]
    with pytest.raises(Problem, match="version-conflict"):
        await mode(site, "off", version=0)
    await mode(site, "on", version=1)  # what stands is told now
    await site.tick()
    assert await site.of("d") == [("high", True, 1)]
    await mode(site, "off", version=2)
    await site.tick()
    assert await site.of("d") == [("high", False, 1)]
    await mode(site, "on", version=3)


async def test_who_holds_it_over_a_part_switches_nothing_for_all(site: Site) -> None:
    part = Principal("account:9", "N", 1, (Scope(frozenset({"alert.rule", "entity.read"}), frozenset({99})),))
    async with site.db.transaction() as connection:
        with pytest.raises(Problem, match="forbidden"):
            await deciding.set_mode(connection, site.city, part, "high", NewMode("off", "x"), version=4)
        with pytest.raises(Problem, match="not-found"):
            await deciding.set_override(
                connection, site.city, part, "high", NewOverride(entity=A, off=True, reason="x"), version=0
            )
        with pytest.raises(Problem, match="forbidden"):
            await deciding.reload(connection, site.city, part)


async def test_the_usual_of_the_hour_comes_from_the_hours_that_history_keeps(site: Site) -> None:
    for week in (1, 2, 3):
        for minute, level in ((5, 1.0), (15, 1.2), (25, 0.8)):
            await site.level("e", level, minutes=-week * 7 * 24 * 60 - minute)
    async with site.db.transaction() as connection:
        head = await (await connection.execute("SELECT seq FROM city_head")).fetchone()
        assert head is not None
        await summing.run(connection, site.city.terms, 0, head[0], head=head[0], now=site.clock.now())
        await connection.execute("UPDATE cursor SET seq = %s WHERE step = %s", (head[0], summing.STEP))
    await site.level("e", 1.3, minutes=-5)
    await site.step()
    assert await site.of("e") == []
    await site.level("e", 2.0, minutes=-4)
    await site.step()
    async with site.db.transaction() as connection:
        found = await connection.execute("SELECT rule, value, limit_value FROM alert WHERE rule = 'unusual'")
        [(rule, value, limit)] = await found.fetchall()
    assert (rule, float(value), round(limit, 6)) == ("unusual", 2.0, 1.0)
