"""Open data from the register: what is public leaves sound, in packages; what is not never does."""

from __future__ import annotations

import pytest

from haidang.programme.open_data import checks
from haidang.programme.service import open_data
from tests.integration.programme.conftest import BILLION, World, add_contract, add_record, refused

ADDRESS = "https://a.gov.vn/open-data/oc4ids"


async def package(world: World, standard: open_data.Standard, **asked: object) -> open_data.Published:
    async with world.db.transaction() as connection:
        return await open_data.package(
            connection,
            world.desk,
            world.settings,
            standard,
            address=ADDRESS,
            **asked,  # type: ignore[arg-type]
        )


async def test_only_public_projects_leave_with_all_that_stands_beside_them(world: World) -> None:
    await refused(package(world, "oc4ids"), "not-found")
    program = await world.program("MO-1")
    shown = await world.project(program, is_public=True, name="Camera giám sát giai đoạn II")
    await world.project(program, name="Dự án mật")
    await refused(package(world, "ocds"), "not-found")
    await world.plan(shown, 40 * BILLION)
    bought = await add_record(
        world, shown, "package", name="Gói thầu số 3", method="open", estimate_dong=80 * BILLION,
        published_on="2026-01-10", opened_on="2026-02-01",
    )  # fmt: skip
    contract = await add_contract(world, shown, 78 * BILLION, package_id=bought.id)
    await add_record(
        world, shown, "milestone", kind="delivery", name="Giao thiết bị", baseline_on="2026-06-01",
        contract_id=contract.id,
    )  # fmt: skip
    found = await package(world, "oc4ids")
    assert checks.oc4ids(found.document) == []
    (project,) = found.document["projects"]
    assert project["title"] == "Camera giám sát giai đoạn II"
    assert project["status"] == "implementation"
    (breakdown,) = project["budget"]["budgetBreakdowns"]
    assert breakdown["budgetBreakdown"][0]["amount"] == {"amount": 40 * BILLION, "currency": "VND"}
    (process,) = project["contractingProcesses"]
    assert process["summary"]["contractValue"]["amount"] == 78 * BILLION
    assert process["summary"]["milestones"][0]["status"] == "scheduled"
    assert "mật" not in str(found.document)
    releases = await package(world, "ocds")
    assert checks.ocds(releases.document) == []
    assert releases.document["releases"][0]["ocid"] == process["id"]


async def test_many_projects_come_in_packages_that_name_the_next(world: World) -> None:
    program = await world.program("MO-2")
    for number in range(5):
        await world.project(program, is_public=True, name=f"Dự án {number}")
    seen: list[str] = []
    after: int | None = None
    while True:
        found = await package(world, "oc4ids", program="MO-2", after=after, limit=2)
        seen += [each["title"] for each in found.document["projects"]]
        after = found.next
        if after is None:
            break
    assert seen == [f"Dự án {number}" for number in range(5)]


async def test_what_is_not_sound_does_not_leave(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    program = await world.program("MO-3")
    await world.project(program, is_public=True)
    monkeypatch.setitem(dict_of(checks.CHECKS), "oc4ids", lambda _: ["projects/0 is broken"])
    await refused(package(world, "oc4ids", program="MO-3"), "open-data-unsound")


def dict_of(mapping: object) -> dict[str, object]:
    assert isinstance(mapping, dict)
    return mapping
