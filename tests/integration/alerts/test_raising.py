"""From signals to alerts on the real database: one row for each rule and entity, and what explains others."""

from __future__ import annotations

from tests.integration.alerts.conftest import MINUTE, START, World


async def test_the_same_rule_and_entity_is_one_alert_with_its_count(world: World) -> None:
    first = await world.raise_()
    assert (first.state, first.count, first.priority) == ("new", 1, 2)
    assert first.respond_by == START + 15 * MINUTE
    world.clock.advance(MINUTE)
    done = await world.apply(world.signal(value=5.8), world.signal(value=5.9), world.signal("gauge:2"))
    assert (done.raised, done.repeated) == (1, 2)
    again = await world.row(first)
    assert (again.count, again.value, again.last_at, again.version) == (3, 5.9, START + MINUTE, 1)
    assert len(await world.alerts()) == 2
