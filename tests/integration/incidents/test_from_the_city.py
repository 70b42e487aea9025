"""From a measurement to an incident, by the steps of the pipeline; once, whatever is killed in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
import pytest_asyncio

from haidang import pipeline
from haidang.base.database import Database
from haidang.city import log
from haidang.web.house import House
from tests.integration.alerts.rule_site import Site, opened, rules

AUTO = rules(high="{threshold: {attr: level, above: 5.6, clears_below: 5.4}}") + (
    "    incident: {kind: flood, severity: 2, open: auto}\n"
)
STEP = next(step for step in pipeline.STEPS if step.name == "incidents")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with opened(db, tmp_path_factory.mktemp("site"), AUTO) as found:
        await pipeline.register(cast(House, found), [STEP])
        yield found


async def settled(site: Site) -> None:
    """Wait until the writer has given every event its number in the log."""
    site.city.nudge()
    for _ in range(1_000):
        async with site.db.transaction() as connection:
            if not (await log.pulse(connection)).inbox:
                return
        await site.level("other", 1.0)  # its commit takes the events along
    raise AssertionError("the writer does not take the events")


async def incidents(site: Site) -> list[tuple[str, int, str]]:
    async with site.db.transaction() as connection:
        cursor = await connection.execute(
            "SELECT i.kind, i.severity, string_agg(a.subject, ',' ORDER BY a.subject) FROM incident i "
            "JOIN alert a ON a.incident_id = i.id GROUP BY i.id ORDER BY i.id"
        )
        return await cursor.fetchall()


async def advance(site: Site) -> None:
    while await pipeline.advance(cast(House, site), STEP):
        pass


async def test_water_that_rises_is_an_incident_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await site.level("a", 5.7)
    await site.step()
    await settled(site)

    async def killed(*_: Any) -> None:
        raise RuntimeError("killed between the work and the cursor")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline.log, "advance", killed)
        with pytest.raises(RuntimeError, match="killed"):
            await advance(site)
    assert await incidents(site) == [], "what did not commit has opened nothing"
    await advance(site)
    assert await incidents(site) == [("flood", 2, "urn:ngsi-ld:Gauge:a")]
    await site.level("a", 5.8)
    await site.step()
    await settled(site)
    await advance(site)
    assert len(await incidents(site)) == 1


async def test_where_no_alert_is_open_the_step_passes_at_once(site: Site) -> None:
    async with site.db.transaction() as connection:
        await connection.execute("UPDATE alert SET closed_at = now()")
    await site.level("b", 1.0)
    assert await pipeline.advance(cast(House, site), STEP) is None
