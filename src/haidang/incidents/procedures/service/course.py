"""A run under way: held for change in one transaction, with what its incident's log will say in the end."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import kind
from haidang.incidents.model.incident import Incident, marked
from haidang.incidents.procedures.model.procedure import FALLBACK_ROLE, Step
from haidang.incidents.procedures.model.run import Run, StepRow
from haidang.incidents.procedures.service import roles
from haidang.incidents.procedures.service.roles import Filled
from haidang.incidents.procedures.store import runs
from haidang.incidents.service import journal
from haidang.incidents.service.desk import Desk
from haidang.incidents.service.telling import tell_log
from haidang.tasks.model.task import Task
from haidang.tasks.service.telling import Addressee, Message, put

ACTOR = "system:procedures"
NOT_NOW = kind(
    "procedure-step-refused",
    409,
    "Không thực hiện được với bước này lúc này",
    "This cannot be done with the step now",
)
NOT_THE_ROLE = kind(
    "procedure-approval",
    403,
    "Bước này do vai được nêu duyệt, người thực hiện không tự duyệt",
    "The named role approves this step, never whoever did it",
)
replace = msgspec.structs.replace


class Course:
    """One change of a run that its transaction holds."""

    def __init__(self, connection: Connection, desk: Desk, incident: Incident, run: Run, actor: str) -> None:
        self.connection = connection
        self.desk = desk
        self.incident = incident
        self.run = run
        self.actor = actor
        """Whose act this is; ``system:procedures`` where it is the clock's."""
        self.now = desk.now()
        self._said: list[tuple[str, str, str, dict[str, Any]]] = []
        self._takes_part: set[int] = set()

    def say(
        self, kind: str, text: str, /, *, step: str = "", actor: str | None = None, **detail: Any
    ) -> None:
        """Have the incident's log say something."""
        facts = {"run": self.run.id, "procedure": self.run.procedure, "edition": self.run.edition}
        if step:
            facts["step"] = step
        self._said.append((kind, text, actor or self.actor, facts | detail))

    def takes_part(self, *orgs: int) -> None:
        """Have units see the incident: they have something to do in it."""
        self._takes_part |= set(orgs) - set(self.incident.orgs)

    async def put(self, row: StepRow) -> StepRow:
        """Write a step, one version further."""
        row = replace(row, version=row.version + 1)
        await runs.update_step(self.connection, row)
        steps = tuple(row if each.step == row.step else each for each in self.run.steps)
        self.run = replace(self.run, steps=steps)
        return row

    async def filled(self, role: str) -> Filled:
        """Return who fills a role for this incident."""
        return await roles.filled(self.connection, self.incident, role)

    async def notify(
        self, who: Filled, *, key: str, kind: str, vi: str, en: str, task: Task | None = None
    ) -> None:
        """Tell whoever fills a role, once for a key; what is not real says so first."""
        to = Addressee(who.account_id, None) if who.account_id is not None else Addressee(None, who.org_id)
        message = Message(
            key=key,
            kind=kind,
            vi=marked(self.incident, vi),
            en=marked(self.incident, en, english=True),
            to=(),
        )
        policy = self.desk.tasks.policies.named("duty")
        await put(self.connection, self.desk.tasks, to, message, task=task, policy=policy)

    async def ask(self, step: Step) -> None:
        """Ask the operator whether a step is needed: what its condition hangs on is not known."""
        who = await self.filled(FALLBACK_ROLE)
        row = self.run.row(step.id)
        await self.notify(
            who,
            key=f"procedure-asked:{self.run.id}:{step.id}:{row.version}",
            kind="procedure",
            vi=f"{self.incident.code}: cần quyết định có thực hiện bước “{step.vi}” không",
            en=f"{self.incident.code}: is the step “{step.en}” needed?",
        )

    async def close(self) -> None:
        """Tell screens and write the incident's log, last of all: chains are locked in one order."""
        if self._takes_part and await runs.share(self.connection, self.incident.id, self._takes_part):
            orgs = (*self.incident.orgs, *sorted(self._takes_part))
            self.incident, self._takes_part = replace(self.incident, orgs=orgs), set()
        if not self._said:
            return
        await tell_log(self.connection, self.desk, self.incident, action="procedure")
        for word, text, actor, detail in self._said:
            await journal.write(
                self.connection, self.desk, actor, self.incident.id, word, text, detail=detail
            )
        self._said = []


async def course_of(
    connection: Connection, desk: Desk, incident: Incident, run_id: int, actor: str
) -> Course:
    """Hold a run and return its course."""
    run = await runs.get(connection, run_id, lock=True)
    if run is None:
        raise LookupError(f"run {run_id}")
    return Course(connection, desk, incident, run, actor)
