"""The site of incidents with a procedure of its own, roles that are filled, and hands to work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from haidang.incidents.model.incident import Incident
from haidang.incidents.procedures.model.acts import StepAct
from haidang.incidents.procedures.model.run import Run
from haidang.incidents.procedures.service import acting, clockwork, reading, roles, running
from haidang.incidents.procedures.service.roles import Filler
from haidang.incidents.procedures.store import runs
from haidang.organisation import system
from haidang.tasks.model.acts import Act
from haidang.tasks.model.task import Task
from haidang.tasks.service import acting as task_acting
from haidang.tasks.store import tasks
from tests.integration.incidents.conftest import World

ME = system("test")
TEXT = """
procedure: test-flood
version: 1
vi: Ngập đường
en: Street flooding
applies_when: incident.kind == "landslide" and incident.severity == 4
steps:
  - id: verify
    vi: Xác minh
    en: Verify
    role: duty_officer
    within: 10 minutes
    on_late: [{escalate_to: shift_lead}, {after: 15 minutes, escalate_to: leader_on_duty}]
  - id: close-road
    vi: Cấm đường
    en: Close the road
    role: traffic_police_duty
    needs: [verify]
    when: facts.depth_cm >= 30
    within: 20 minutes
    evidence: photo
    action: {open_subtask: {role: construction_duty, vi: "Bơm tại {place}", en: Pump, within: 1 hour}}
  - id: warn
    vi: Cảnh báo người dân
    en: Warn the public
    role: shift_lead
    needs: [verify]
    approve: leader_on_duty
    action:
      - cap_draft: {category: Met, expires_in: 6 hours, vi: {event: Ngập đường, headline: "Ngập tại {place}"}}
      - actuate: {entity: "urn:ngsi-ld:Siren:1", attribute: siren, value: true}
  - id: tell
    vi: Báo các đơn vị
    en: Tell the units
    needs: [verify]
    action: {notify_unit: {roles: [commune_duty, traffic_police_duty], vi: "Ngập {place}", en: Flood}}
samples:
  - {facts: {incident.kind: landslide, incident.severity: 4}, applies: true, open: [verify]}
  - {facts: {incident.kind: fire, incident.severity: 4}, applies: false}
"""


class Hands:
    """What people do with procedures in a test."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def flood(self, **facts: Any) -> Incident:
        """Open an incident to which just one procedure applies; it starts with it."""
        return await self.world.open(**({"kind": "landslide", "severity": 4, "place": "Trần Phú"} | facts))

    async def start(self, incident: Incident, name: str | None = "test-flood") -> Run | None:
        async with self.world.db.transaction() as connection:
            who = await self.world.who("truc")
            return await running.start(connection, self.world.desk, who, incident.id, name)

    async def run(self, incident: Incident) -> Run:
        async with self.world.db.transaction() as connection:
            found = await runs.latest(connection, incident.id)
        assert found is not None
        return found

    async def states(self, incident: Incident) -> dict[str, str]:
        return dict((await self.run(incident)).states)

    async def act(
        self, name: str, incident: Incident, step: str, act: StepAct, *, version: int | None = None
    ) -> None:
        who = await self.world.who(name)
        seen = (await self.run(incident)).row(step).version
        async with self.world.db.transaction() as connection:
            await acting.perform(
                connection, self.world.desk, who, incident.id, step, act, version=version or seen
            )

    async def task(self, incident: Incident, step: str) -> Task:
        number = (await self.run(incident)).row(step).task_id
        assert number is not None
        async with self.world.db.transaction() as connection:
            found = await tasks.get(connection, number)
        assert found is not None
        return found

    async def on_task(self, name: str, task: Task, act: Act) -> Task:
        who = await self.world.who(name)
        async with self.world.db.transaction() as connection:
            now = await tasks.get(connection, task.id)
            assert now is not None
            return await task_acting.perform(
                connection, self.world.desk.tasks, who, task.id, act, version=now.version
            )

    async def read(self, name: str, incident: Incident) -> dict[str, Any]:
        who = await self.world.who(name)
        async with self.world.db.transaction() as connection:
            return await reading.of_incident_asked(connection, self.world.desk, who, incident.id)

    async def step(self, name: str, incident: Incident, step: str) -> dict[str, Any]:
        found = await self.read(name, incident)
        [one] = [each for each in found["run"]["steps"] if each["id"] == step]
        return dict(one)

    async def tick(self) -> int:
        return await clockwork.tick(self.world.db, self.world.desk)

    async def log(self, incident: Incident) -> list[tuple[str, str, str]]:
        """Return (kind, by, text) of the procedure's entries."""
        found = await self.world.log("truc", incident)
        return [
            (each["kind"], each["actor"], each["text"])
            for each in found
            if each["kind"].startswith(("step", "action", "procedure"))
        ]

    async def actions(self, incident: Incident) -> list[tuple[Any, ...]]:
        return await self.world.fetch(
            "SELECT a.step, a.kind, a.state, a.no, a.ref FROM procedure_action a JOIN procedure_run r "
            "ON r.id = a.run_id WHERE r.incident_id = %s ORDER BY a.id",
            incident.id,
        )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hands(world: World) -> AsyncIterator[Hands]:
    """Police, public works and a leader fill their roles; the shift lead is a person."""
    folder = world.settings.data_dir / "sectors" / "flood" / "procedures"
    folder.mkdir(parents=True)
    (folder / "test-flood.yaml").write_text(TEXT, encoding="utf-8")
    await world.person("lanh.dao", "centre", "duty_head", "root")
    orgs, people = world.orgs, world.people
    fillers = {
        "traffic_police_duty": Filler(orgs["police"]),
        "construction_duty": Filler(orgs["works"]),
        "shift_lead": Filler(orgs["centre"], people["truong.ca"]),
        "leader_on_duty": Filler(orgs["centre"], people["lanh.dao"]),
    }
    async with world.db.transaction() as connection:
        for role, filler in fillers.items():
            await roles.fill(connection, world.desk, ME, role, [filler])
    yield Hands(world)
