"""The release gate of the base map, second half: the built pages in a browser (docs/decisions/0045).

What is asserted is the document and what the map says it has drawn; never pixels.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.map import hostile
from tests.acceptance.map.words import FORBIDDEN

DIST = Path(__file__).resolve().parents[3] / "src" / "haidang" / "web" / "dist"
LABELS = {
    "vi": {"Quần đảo Hoàng Sa (TP. Đà Nẵng)", "Quần đảo Trường Sa (tỉnh Khánh Hòa)", "Biển Đông"},
    "en": {
        "Hoàng Sa Archipelago (Đà Nẵng City)",
        "Trường Sa Archipelago (Khánh Hòa Province)",
        "East Sea",
    },
}
#: The layers of ours that every GL map has, from the bottom up; a site's tiles may stand before `sea-cover`.
ORDER = [
    "sea",
    "land",
    "vietnam",
    "sea-cover",
    "unit-lines",
    "vn-islands",
    "clusters",
    "entities",
    "island-points",
    "sovereign-labels",
]
WHOLE = "c=110.5,13,4"
PROVINCE = "c=107.05,20.95,10"
EVERY_VIEW = list(itertools.product(("gl", "svg"), ("vi", "en"), ("dark", "light")))


async def until(page: Any, script: str, tries: int = 600) -> Any:
    """Ask the page until the answer is truthy; `wait_for_function` needs eval, which the policy refuses."""
    for _ in range(tries):
        if answer := await page.evaluate(script):
            return answer
        await asyncio.sleep(0.1)
    raise AssertionError(f"never true: {script}")


async def open_map(page: Any, server: Any, query: str, engine: str) -> None:
    await page.goto(f"{server.url}/city?{query}" + ("&map=svg" if engine == "svg" else ""))
    await page.wait_for_selector(f'.map[data-engine="{engine}"]', timeout=60_000)
    if engine == "gl":
        await until(page, "Boolean(window.__map && window.__map.loaded && window.__map.loaded())")
    else:
        await page.wait_for_selector('[data-layer="sovereign-labels"]', state="attached")


async def rendered(page: Any, **query: Any) -> list[dict[str, Any]]:
    script = """query => window.__map.queryRenderedFeatures(query).map(({layer, properties, source}) =>
        ({layer: layer.id, type: layer.type, source, properties}))"""
    found: list[dict[str, Any]] = await page.evaluate(script, query)
    return found


@pytest.mark.parametrize(("engine", "lang", "theme"), EVERY_VIEW)
async def test_the_sea_and_both_archipelagos_bear_our_names(
    page: Any, server: Any, engine: str, lang: str, theme: str
) -> None:
    await open_map(page, server, f"{WHOLE}&lang={lang}&theme={theme}", engine)
    if engine == "gl":
        drawn = {item["properties"][lang] for item in await rendered(page, layers=["sovereign-labels"])}
    else:
        texts = await page.locator('[data-layer="sovereign-labels"] text').evaluate_all(
            "nodes => nodes.map(node => [...node.children].map(child => child.textContent).join(' '))"
        )
        drawn = set(texts)
    assert drawn >= LABELS[lang]
    assert await page.locator("[data-inset]").count() == 0, "this view holds both archipelagos"
    assert not FORBIDDEN.search(await page.inner_text("body"))


@pytest.mark.parametrize(("engine", "lang", "theme"), EVERY_VIEW)
async def test_a_view_of_the_province_shows_the_national_inset(
    page: Any, server: Any, engine: str, lang: str, theme: str
) -> None:
    await open_map(page, server, f"{PROVINCE}&lang={lang}&theme={theme}", engine)
    inset = page.locator("[data-inset]")
    size = await inset.bounding_box()
    assert size["width"] >= 180
    assert size["height"] >= 220
    text = " ".join((await inset.locator("svg").text_content()).split())
    for label in LABELS[lang]:
        assert label.replace(" (", "(") in text.replace(" (", "("), label


async def test_the_layers_stand_in_their_order_and_need_no_other_server(page: Any, server: Any) -> None:
    await open_map(page, server, WHOLE, "gl")
    style = await page.evaluate("window.__map.getStyle()")
    ids = [layer["id"] for layer in style["layers"]]
    assert [name for name in ids if name in ORDER] == ORDER
    assert ids[-1] == "sovereign-labels"
    assert "glyphs" not in style
    assert "sprite" not in style
    hidden = [layer["id"] for layer in style["layers"] if layer.get("layout", {}).get("visibility") == "none"]
    assert hidden == []
    labels = style["layers"][-1]["layout"]
    assert labels["text-allow-overlap"] is True
    assert labels["text-ignore-placement"] is True
    assert not FORBIDDEN.search(str(style))


async def test_the_svg_map_stands_in_the_same_order(page: Any, server: Any) -> None:
    await open_map(page, server, "c=113,12,6.5", "svg")
    layers = await page.locator(".map-svg [data-layer]").evaluate_all(
        "all => all.map(it => it.dataset.layer)"
    )
    order = [
        "sea",
        "land",
        "vietnam",
        "unit-lines",
        "vn-islands",
        "city-labels",
        "entities",
        "island-points",
        "sovereign-labels",
    ]
    assert layers == order
    assert not FORBIDDEN.search(await page.locator(".map-svg").inner_html())


async def test_the_islands_are_drawn_with_their_points_and_names(page: Any, server: Any) -> None:
    await open_map(page, server, "c=112.2,16.5,7.5", "gl")
    points = await rendered(page, layers=["island-points"])
    assert {item["properties"]["name"] for item in points} >= {"Hoàng Sa", "Phú Lâm", "Linh Côn"}
    assert {item["properties"]["code"] for item in points} == {"20333"}
    land = await rendered(page, layers=["vn-islands"])
    assert {item["properties"]["area"] for item in land} == {"20333"}


async def test_no_line_but_ours_lies_in_the_sea(page: Any, server: Any) -> None:
    await open_map(page, server, "c=113,12.5,6", "gl")
    lines = {item["layer"] for item in await rendered(page) if item["type"] == "line"}
    assert lines <= {"vn-islands-edge", "unit-lines"}


@pytest.fixture
def hostile_tiles(server: Any) -> Iterator[None]:
    path = server.data_dir / "basemap.pmtiles"
    hostile.write(path)
    yield
    path.unlink()


@pytest.mark.usefixtures("hostile_tiles")
@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_a_hostile_archive_draws_nothing_of_itself(page: Any, server: Any, lang: str) -> None:
    await open_map(page, server, f"c=107.2,21,8&lang={lang}", "gl")
    await until(page, "Boolean(window.__map.getSource('basemap') && window.__map.areTilesLoaded())")
    here = [item for item in await rendered(page) if item["source"] == "basemap"]
    names = {item["properties"].get("name") for item in here if item["type"] == "symbol"}
    assert hostile.HONEST_TOWN in names, "the archive itself is drawn, else this test shows nothing"
    assert any(item["type"] == "line" for item in here)

    for view in ("112.33,16.83,8", "110.5,13,4.5", "113,13,6", "112.33,16.83,15.5", "108,22.5,7"):
        lon, lat, zoom = view.split(",")
        await page.evaluate(f"void window.__map.jumpTo({{center: [{lon}, {lat}], zoom: {zoom}}})")
        await until(page, "window.__map.loaded() && window.__map.areTilesLoaded()")
        drawn = await rendered(page)
        foreign = [item for item in drawn if item["source"] == "basemap" and item["type"] != "fill"]
        assert [item for item in foreign if FORBIDDEN.search(str(item["properties"]))] == [], view
        assert not any(item["layer"].startswith("tiles-bound") for item in drawn)
        if view.startswith("11"):
            lines = {
                item["layer"] for item in drawn if item["type"] == "line" and item["source"] == "basemap"
            }
            assert lines == set() or view.startswith("110.5"), view

    # Land of the archive in the sea is painted over: what is drawn of it lies below the cover, ours above.
    await page.evaluate("void window.__map.jumpTo({center: [112.33, 16.83], zoom: 9})")
    await until(page, "window.__map.loaded() && window.__map.areTilesLoaded()")
    there = await page.evaluate("(({x, y}) => [x, y])(window.__map.project([112.33, 16.83]))")
    script = "at => window.__map.queryRenderedFeatures(at).map(({layer}) => [layer.type, layer.id])"
    fills = [name for kind, name in await page.evaluate(script, there) if kind == "fill"]
    assert fills[0] == "vn-islands"
    assert "sea-cover" in fills
    assert all(
        fills.index("sea-cover") < place for place, name in enumerate(fills) if name.startswith("tiles-")
    )


async def test_no_file_of_the_built_pages_holds_a_foreign_name() -> None:
    if not (DIST / "index.html").exists():
        pytest.skip("the interface is not built; `make setup` builds it")
    texts = [
        path for path in DIST.rglob("*") if path.suffix in {".js", ".mjs", ".css", ".html", ".json", ".svg"}
    ]
    assert len(texts) > 5
    found = {path.name: FORBIDDEN.search(path.read_text(encoding="utf-8")) for path in texts}
    assert {name: match.group() for name, match in found.items() if match} == {}


async def test_a_machine_without_webgl_gets_the_svg_map(page: Any, server: Any) -> None:
    await page.add_init_script(
        """const original = HTMLCanvasElement.prototype.getContext
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
            return kind.startsWith('webgl') ? null : original.call(this, kind, ...rest)
        }"""
    )
    await page.goto(f"{server.url}/city?{PROVINCE}")
    await page.wait_for_selector('.map[data-engine="svg"]', timeout=60_000)
    await page.get_by_text("Máy này không có WebGL: đang dùng bản đồ SVG").wait_for()
    assert await page.locator("[data-inset]").count() == 1


async def test_a_lost_context_falls_back_to_svg_at_the_same_place(page: Any, server: Any) -> None:
    await open_map(page, server, PROVINCE, "gl")
    await page.evaluate(
        "window.__map.getCanvas().getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()"
    )
    await page.wait_for_selector('.map[data-engine="svg"]', timeout=60_000)
    assert "c=107.05,20.95,10" in page.url
