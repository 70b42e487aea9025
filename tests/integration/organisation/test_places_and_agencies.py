"""Areas by day, outlines of a site, and agencies from a file, on a real database."""

from __future__ import annotations

import time
from datetime import date

import msgspec
import pytest
from tests.integration.organisation.conftest import ME, Site
from tests.shared_data import shared

from haidang.base.database import Database
from haidang.base.problems import Problem
from haidang.organisation import PLACES, heirs_of, locate, resolve_area, resolve_org
from haidang.organisation.model import OrgAlias, OrgSuccession
from haidang.organisation.org_file import TEMPLATE, read_orgs, words_of
from haidang.organisation.service import areas, orgs
from haidang.organisation.service.letterhead import letterhead
from haidang.organisation.service.org_file import import_orgs

LAST, FIRST = date(2025, 6, 30), date(2025, 7, 1)


async def test_code_24_means_bac_giang_until_june_2025_and_bac_ninh_since(site: Site) -> None:
    async with site.db.transaction() as connection:
        before, since = (
            await resolve_area(connection, "24", LAST),
            await resolve_area(connection, "24", FIRST),
        )
        old_bac_ninh = await resolve_area(connection, "27", LAST)
        assert await resolve_area(connection, "27", FIRST) is None
    assert before and before.name == "Bắc Giang"
    assert since and since.name == "Bắc Ninh"
    assert old_bac_ninh and old_bac_ninh.name == "Bắc Ninh"


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("15", "Yên Bái", "Lào Cai"),
        ("24", "Bắc Giang", "Bắc Ninh"),
        ("44", "Quảng Bình", "Quảng Trị"),
        ("52", "Bình Định", "Gia Lai"),
        ("80", "Long An", "Tây Ninh"),
        ("82", "Tiền Giang", "Đồng Tháp"),
        ("91", "Kiên Giang", "An Giang"),
    ],
)
async def test_the_seven_codes_over_the_api(site: Site, code: str, before: str, after: str) -> None:
    async with site.client("north.viewer") as client:
        old = (await client.get(f"/api/v1/areas/{code}?on=2025-06-30")).json()
        new = (await client.get(f"/api/v1/areas/{code}?on=2025-07-01")).json()
    assert (old["name"], new["name"]) == (before, after)
    assert [each["area"]["name"] for each in old["today"]] != [before]


async def test_a_commune_that_was_divided_is_left_to_a_person(site: Site) -> None:
    async with site.db.transaction() as connection:
        cursor = await connection.execute(
            "SELECT old_code FROM area_succession WHERE share_kind = 'part' ORDER BY old_code LIMIT 1"
        )
        [(code,)] = await cursor.fetchall()
        parts = await areas.area_today(connection, code, LAST)
        whole = await areas.area_today(connection, "75", LAST)
    assert len(parts) > 1
    assert {each.share_kind for each in parts} == {"part"}
    assert [(each.area.full_name, each.share_kind) for each in whole] == [("Thành phố Đồng Nai", "whole")]


async def test_areas_are_listed_by_level_in_dictionary_order_page_by_page(site: Site) -> None:
    async with site.client("north.viewer") as client:
        names: list[str] = []
        cursor = ""
        while True:
            page = (await client.get(f"/api/v1/areas?kind=province&limit=10{cursor}")).json()
            names += [each["name"] for each in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        communes = (await client.get("/api/v1/areas?kind=commune&parent=24&limit=200")).json()["items"]
        found = (await client.get("/api/v1/areas?q=hoang sa")).json()["items"]
        refused = await client.get("/api/v1/areas?kind=x&limit=10")
    assert len(names) == len(set(names)) == 34
    assert names[0] == "An Giang"
    assert names.index("Cà Mau") < names.index("Cao Bằng") < names.index("Cần Thơ")
    assert names.index("Đà Nẵng") < names.index("Đắk Lắk") < names.index("Gia Lai")
    assert len(communes) == 99
    assert all(each["lon"] and each["lat"] for each in communes)
    assert [each["full_name"] for each in found] == ["Đặc khu Hoàng Sa"]
    assert refused.json()["faults"][0]["field"] == "kind"


async def test_the_list_is_loaded_once_and_fast_and_leaves_other_sources_alone(site: Site) -> None:
    async with site.db.transaction() as connection:
        assert not await areas.load_areas(connection)
        await connection.execute(
            "INSERT INTO area (code, valid_from, since_exact, name, full_name, kind, fold, sort_key, source) "
            "VALUES ('HD', '2025-07-01', true, 'Hải Đăng', 'Tỉnh Hải Đăng', 'province', 'x', 'x', 'demo')"
        )
        await connection.execute("UPDATE area_state SET list_version = 'older'")
        start = time.process_time()  # what it costs, however busy the machine is
        assert await areas.load_areas(connection)
        assert time.process_time() - start < 3
        assert await resolve_area(connection, "HD", FIRST)
        await connection.execute("DELETE FROM area WHERE code = 'HD'")


def square(code: str, west: float, south: float, size: float = 0.1, **properties: str) -> dict[str, object]:
    ring = [
        [west, south],
        [west + size, south],
        [west + size, south + size],
        [west, south + size],
        [west, south],
    ]
    return {
        "type": "Feature",
        "properties": {"code": code, **properties},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


async def imported(site: Site, *features: object, name: str = "test.geojson") -> areas.OutlineReport:
    content = msgspec.json.encode({"type": "FeatureCollection", "features": list(features)})
    async with site.db.transaction() as connection:
        report = await areas.import_outlines(
            connection, site.clock, ME, file_name=name, content=content, note="thử"
        )
    await PLACES.refresh(site.db)
    return report


async def test_bad_rows_are_refused_by_name_and_hide_no_good_one(site: Site) -> None:
    bow_tie = square("07213", 106.0, 21.0)
    bow_tie["geometry"] = {
        "type": "Polygon",
        "coordinates": [[[106, 21], [107, 22], [107, 21], [106, 22], [106, 21]]],
    }
    swapped = square("07216", 21.0, 106.0, name="Đảo lộn")
    line = square("07219", 106.0, 21.0) | {
        "geometry": {"type": "LineString", "coordinates": [[1, 1], [2, 2]]}
    }
    nonsense = square("07222", 106.0, 21.0) | {"geometry": {"type": "Polygon", "coordinates": [["a"]]}}
    good = square("07210", 106.2, 21.3)
    report = await imported(
        site, bow_tie, swapped, line, nonsense, good, square("99999", 106.0, 21.0), good, "x",
        {"properties": None},
    )  # fmt: skip
    assert (report.communes, report.provinces, len(report.refused)) == (1, 0, 8)
    assert any(fault.value == "07216 Đảo lộn" and "WGS84" in fault.en for fault in report.refused)
    assert any("Self-intersection" in fault.en for fault in report.refused)
    assert locate(106.25, 21.35) == "07210"
    assert locate(105.0, 20.0) is None


async def test_importing_again_replaces_and_the_tree_follows(site: Site) -> None:
    await imported(site, square("07210", 106.2, 21.3))
    assert locate(106.25, 21.35) == "07210"
    await imported(site, square("07210", 107.2, 21.3))
    assert locate(106.25, 21.35) is None
    assert locate(107.25, 21.35) == "07210"
    assert not await PLACES.refresh(site.db)
    async with site.db.transaction() as connection:
        cursor = await connection.execute(
            "SELECT file_name, note, length(sha256), imported_by, accepted "
            "FROM outline_import ORDER BY id DESC LIMIT 1"
        )
        assert await cursor.fetchone() == ("test.geojson", "thử", 64, "system:test", 1)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b"[" * 20_000])
async def test_a_file_that_is_none_is_refused(site: Site, content: bytes) -> None:
    with pytest.raises(Problem, match="outlines-unreadable"):
        async with site.db.transaction() as connection:
            await areas.import_outlines(connection, site.clock, ME, file_name="x", content=content)


async def test_real_outlines_of_two_provinces(site: Site) -> None:
    for name in ("vn_provinces_simplified_500m", "quang_ninh_communes_50m", "bac_ninh_communes_50m"):
        content = shared(f"areas/{name}.geojson").read_bytes()
        async with site.db.transaction() as connection:
            report = await areas.import_outlines(
                connection, site.clock, ME, file_name=f"{name}.geojson", content=content
            )
        assert report.refused == ()
    await PLACES.refresh(site.db)
    assert PLACES.find(105.85, 21.02, "province") == "01"
    assert PLACES.find(114.45, 9.71, "province") in (
        None,
        "56",
    )  # the simplified outline keeps the islands only
    assert locate(107.0760, 20.9510) is not None  # Hạ Long
    async with site.client("north.viewer") as client:
        provinces = (await client.get("/api/v1/areas/outlines?level=province")).json()
        communes = (await client.get("/api/v1/areas/outlines?level=commune&parent=22")).json()
    assert len(provinces["features"]) == 34
    assert len(communes["features"]) == 54
    assert set(provinces["features"][0]["properties"]) == {"code", "name", "kind", "parent_code"}
    assert "06970" in {each["id"] for each in communes["features"]}  # Ba Chẽ, 06978 in the file


async def test_a_province_from_the_template_twice_is_once(site: Site) -> None:
    found = read_orgs(TEMPLATE, words_of("Tỉnh Bắc Ninh"))
    async with site.db.transaction() as connection:
        first = await import_orgs(connection, ME, found)
    async with site.db.transaction() as connection:
        again = await import_orgs(connection, ME, found)
    assert first.added >= 20
    assert (again.added, again.changed, again.ids) == (0, 0, first.ids)
    on_2019 = date(2019, 8, 28)
    async with site.db.transaction() as connection:
        information = await resolve_org(connection, "Sở Thông tin và Truyền Thông", on_2019)
        by_sign = await resolve_org(connection, "STTTT", on_2019)
        inheritance = await heirs_of(connection, information.id, site.clock.now().date())
        names = {
            (await orgs.list_orgs(connection, ME))[0].name,
            *(org.name for org in await orgs.list_orgs(connection, ME)
              if org.id in {heir.org_id for heir in inheritance.heirs}),
        }  # fmt: skip
        with pytest.raises(Problem, match="org-not-found"):
            await resolve_org(connection, "Sở Thông tin và Truyền thông", date(2026, 1, 1))
    assert by_sign.id == information.id
    assert {"Sở Khoa học và Công nghệ", "Công an tỉnh"} <= names
    assert "Ủy ban nhân dân tỉnh Bắc Ninh" in names


async def test_names_hold_on_their_days_and_two_candidates_are_named(site: Site) -> None:
    async with site.db.transaction() as connection:
        for name in ("Ban Quản lý dự án Đông", "Ban Quản lý dự án Tây"):
            await orgs.add_org(
                connection, ME,
                orgs.NewOrg(
                    name=name, parent_id=site.north, kind="pmu", short_name="BQLDA",
                    aliases=(OrgAlias("Ban A", "former", date(2020, 1, 1), date(2021, 1, 1)),),
                ),
            )  # fmt: skip
        with pytest.raises(Problem, match="org-ambiguous") as several:
            await resolve_org(connection, "bqlda", date(2026, 1, 1))
        assert len(await orgs.orgs_called(connection, "ban a", date(2020, 6, 1))) == 2
        assert await orgs.orgs_called(connection, "ban a", date(2021, 1, 1)) == []
    assert {fault.vi for fault in several.value.faults} == {"Ban Quản lý dự án Đông", "Ban Quản lý dự án Tây"}


async def test_an_abolished_district_leaves_the_choice_to_a_person(site: Site) -> None:
    async with site.db.transaction() as connection:
        new = orgs.NewOrg(name="UBND huyện Yên Phong", parent_id=site.root, kind="committee", valid_to=FIRST)
        district = await orgs.add_org(connection, ME, new)
        await orgs.add_succession(
            connection, ME, OrgSuccession(old_id=district.id, new_id=None, on_date=FIRST, kind="abolished")
        )
        assert (await heirs_of(connection, district.id, LAST)).unchanged
        assert (await heirs_of(connection, district.id, FIRST)).person_chooses


async def test_moving_an_agency_moves_everything_under_it_but_not_into_itself(
    site: Site, db: Database
) -> None:
    async with db.transaction() as connection:
        a = await orgs.add_org(connection, ME, orgs.NewOrg(name="Phòng A", parent_id=site.north))
        b = await orgs.add_org(connection, ME, orgs.NewOrg(name="Tổ B", parent_id=a.id))
        moved = await orgs.change_org(connection, ME, a.id, orgs.OrgPatch(parent_id=site.south), version=1)
        assert moved.path == (site.root, site.south, a.id)
        below = next(org for org in await orgs.list_orgs(connection, ME) if org.id == b.id)
        assert below.path == (site.root, site.south, a.id, b.id)
        with pytest.raises(Problem, match="invalid-request"):
            await orgs.change_org(connection, ME, a.id, orgs.OrgPatch(parent_id=b.id), version=2)


async def test_above_a_committee_stands_no_agency_on_its_papers(site: Site) -> None:
    async with site.db.transaction() as connection:
        new = orgs.NewOrg(
            name="Ủy ban nhân dân tỉnh Thử", short_name="UBND tỉnh", parent_id=site.north, kind="committee"
        )
        committee = await orgs.add_org(connection, ME, new)
        new = orgs.NewOrg(name="Sở Thử", parent_id=committee.id, kind="department")
        department = await orgs.add_org(connection, ME, new)
        head = await letterhead(connection, committee.id, None)
        assert (head.parent, head.short) == ("", "UBND")
        assert (await letterhead(connection, department.id, None)).parent == "Ủy ban nhân dân tỉnh Thử"
