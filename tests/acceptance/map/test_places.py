"""What the map names beside the data: communes as points where no outlines are, cities beside the discs."""

from __future__ import annotations

from typing import Any

from tests.acceptance.map.test_map_gate import open_map, rendered, until

HA_LONG = (107.08, 20.95)
COMMUNES = "c=107.1,21.07,10.2"


async def test_communes_without_outlines_are_points_with_names(page: Any, server: Any) -> None:
    await open_map(page, server, COMMUNES, "gl")
    await until(page, "window.__map.queryRenderedFeatures({layers: ['communes']}).length > 0")
    names = {item["properties"]["name"] for item in await rendered(page, layers=["communes"])}
    assert "Bến Sáng" in names
    await open_map(page, server, COMMUNES, "svg")
    communes = page.locator('[data-layer="communes"]')
    assert "Bến Sáng" in (await communes.text_content() or "")
    assert await communes.locator("path").count() == 0, "a point is no boundary"


async def test_a_citys_name_stands_beside_the_disc_of_a_cluster(page: Any, server: Any) -> None:
    lon, lat = HA_LONG
    entities = [
        {
            "id": f"urn:x:city-label:{number}",
            "type": "Camera",
            "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [lon, lat]}},
        }
        for number in range(40)
    ]
    async with await server.signed_in() as client:
        made = await client.post("/ngsi-ld/v1/entityOperations/upsert", json=entities)
        assert made.status_code in {201, 204}, made.text
        await open_map(page, server, f"f=type:Camera&c={lon},{lat},9", "gl")
        at = f"window.__map.project([{lon}, {lat}])"
        disc = f"window.__map.queryRenderedFeatures({at}, {{layers: ['clusters']}}).length > 0"
        named = "window.__map.queryRenderedFeatures({layers: ['city-labels']})"
        label = f"{named}.some(it => it.properties.id === 'ha-long')"
        await until(page, f"{disc} && {label}")
        below = await page.evaluate(
            f"window.__map.queryRenderedFeatures({at}, {{layers: ['city-labels']}}).length"
        )
        assert below == 0, "the name lies under the disc"
        gone = await client.post("/ngsi-ld/v1/entityOperations/delete", json=[one["id"] for one in entities])
        assert gone.status_code == 204, gone.text
