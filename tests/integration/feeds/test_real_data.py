"""The two shipped mappings on the real files."""

from __future__ import annotations

from pathlib import Path

import haidang
from haidang.feeds.model.declaration import Declaration
from haidang.feeds.model.reading import read_file
from haidang.feeds.service import declaring
from tests.integration.feeds.conftest import World
from tests.shared_data import shared

SECTORS = Path(haidang.__file__).parent / "sectors"


def shipped(name: str, data: Path) -> Declaration:
    return declaring.with_source(read_file(SECTORS / name), str(data), SECTORS)


async def test_282_cameras(world: World) -> None:
    declaration = shipped("transport/feeds/hcmc-cameras-2017.yaml", shared("hcmc_traffic_cameras_2017.csv"))
    first = await world.run(declaration)
    assert (first.outcome, first.read, first.accepted, first.refused, first.faulty) == ("ok", 282, 282, 0, 0)
    assert first.lag_s is None
    again = await world.run(declaration, again=True)
    assert (again.read, again.accepted, again.unchanged) == (282, 0, 282)
    unread = await world.run(declaration)
    assert (unread.read, unread.outcome) == (0, "ok")
    assert "không đổi" in unread.message_vi
    source = "feed:hcmc-cameras-2017"
    assert await world.rows("SELECT count(*) FROM entity WHERE source = %s AND loc IS NOT NULL", source) == [
        (282,)
    ]
    statics = await world.rows(
        "SELECT s.name, s.doc::text FROM entity_static s JOIN entity e USING (eid) WHERE e.source = %s",
        source,
    )
    text = "\n".join(doc for _, doc in statics)
    assert "MCSt" not in text
    assert text.count('"MCST"') == 3
    assert {name for name, _ in statics} >= {"An Sương", "Cầu Long Kiểng (Long An)"}


async def test_three_stations_with_their_history(world: World) -> None:
    declaration = shipped("environment/feeds/air-quality-2025.yaml", shared("air_quality_2025"))
    first = await world.run(declaration)
    assert (first.outcome, first.read, first.refused, first.faulty) == ("ok", 4148, 0, 0)
    assert first.accepted + first.unchanged == 4148
    stations = await world.rows(
        "SELECT e.id, count(*), count(DISTINCT c.t) FROM change c JOIN entity e USING (eid) "
        "WHERE e.source = 'feed:air-quality-2025' AND c.t < '2025-06-01' GROUP BY 1 ORDER BY 1"
    )
    assert [(name.rsplit(":", 1)[1], observations) for name, _, observations in stations] == [
        ("bac-ninh", 677 + 707),
        ("hai-phong", 679 + 704),
        ("ho-chi-minh", 678 + 703),
    ]
    assert all(rows == observations for _, rows, observations in stations)
    again = await world.run(declaration, again=True)
    assert (again.read, again.accepted, again.unchanged, again.refused) == (4148, 0, 4148, 0)
    (count,) = await world.rows(
        "SELECT count(*) FROM change c JOIN entity e USING (eid) WHERE e.source = 'feed:air-quality-2025'"
        " AND c.t < '2025-06-01'"
    )
    assert count == (4148,)
    names = {name for (name,) in await world.rows("SELECT name FROM attr")}
    assert "usAqi" in names
    assert not {"pm10", "o3", "vnAqi", "airQualityIndex"} & names, (
        "what the station does not measure is absent"
    )
