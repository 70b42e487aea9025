"""Starting and changing a procedure where somebody asks for it; the routes in words of HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from haidang.base.problems import Problem
from haidang.incidents.model.incident import Incident
from haidang.incidents.procedures.service import reading, starting
from tests.integration.incidents.conftest import World
from tests.integration.incidents.procedures.conftest import Hands


async def asked(
    hands: Hands, incident: Incident, name: str | None, *, by: str = "truc", **facts: Any
) -> None:
    who = await hands.world.who(by)
    async with hands.world.db.transaction() as connection:
        await starting.start_asked(
            connection, hands.world.desk, who, incident.id, name,
            **({"reason": "", "version": None} | facts),
        )  # fmt: skip


async def test_changing_needs_the_version_that_was_seen_and_a_reason(hands: Hands) -> None:
    incident = await hands.flood()
    version = (await hands.run(incident)).version
    for facts, code in (
        ({}, "version-missing"),
        ({"version": version + 1, "reason": "x"}, "version-conflict"),
        ({"version": version}, "invalid-request"),
    ):
        with pytest.raises(Problem) as refused:
            await asked(hands, incident, "storm-response", **facts)
        assert refused.value.kind.code == code
    await asked(hands, incident, "storm-response", version=version, reason="Thực ra là bão")
    found = await hands.read("truc", incident)
    assert (found["run"]["procedure"], found["former"][0]["reason"]) == ("storm-response", "Thực ra là bão")
    text = [text for kind, _, text in await hands.log(incident) if kind == "procedure"]
    assert text[-2:] == [
        "Dừng quy trình “Ngập đường”: Thực ra là bão",
        f"Bắt đầu quy trình “{found['run']['vi']}”, phiên bản {found['run']['edition']}",
    ]


async def test_where_none_or_several_apply_somebody_chooses(hands: Hands, world: World) -> None:
    incident = await world.open(kind="other", severity=2)
    with pytest.raises(Problem) as refused:
        await asked(hands, incident, None)
    assert refused.value.extra["hindrance"] == "choice"
    with pytest.raises(Problem) as refused:
        await asked(hands, incident, "no-such")
    assert refused.value.kind.code == "not-found"
    with pytest.raises(Problem):
        await asked(hands, incident, "storm-response", by="cong.an")
    await asked(hands, incident, "storm-response")
    assert (await hands.run(incident)).procedure == "storm-response"


async def test_the_sites_procedures_are_listed_whole(hands: Hands, world: World) -> None:
    items = reading.listed(world.desk)["items"]
    assert {"test-flood", "flood-response"} <= {each["procedure"] for each in items}
    one = reading.one(world.desk, "test-flood")
    warn = one["steps"][2]
    assert (warn["approve"]["vi"], warn["actions"][0]["kind"]) == ("Lãnh đạo trực", "cap_draft")
    with pytest.raises(Problem):
        reading.one(world.desk, "gone")
