"""Making the people of the demonstration and their work: accounts, vehicles, parts in procedures, tasks.

Each is made once, found again by its name, and left as people have changed it. Accounts have no password:
``haidang demo people`` prints a one-time link for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from haidang.base.clock import Clock
from haidang.base.database import Connection
from haidang.base.settings import Settings
from haidang.demo import province, store
from haidang.demo.staff import DUTIES, FORCES, JOBS, NAMED, POSTS, Job, Way
from haidang.incidents.procedures.service import roles
from haidang.incidents.service import desk as incidents_desk
from haidang.incidents.service import resources
from haidang.organisation.model import Grant
from haidang.organisation.permissions import system
from haidang.organisation.service.accounts import (
    AccountPatch,
    NewAccount,
    add_account,
    add_grant,
    change_account,
    link_without_asking,
)
from haidang.tasks.model import acts
from haidang.tasks.model.due import Due
from haidang.tasks.model.task import OPEN
from haidang.tasks.service import acting, giving
from haidang.tasks.service.desk import Desk

SOURCE = "demo"
"""Kind of source of the tasks."""
_GIVER = system("demo")
_LEAD = system("demo-unit")
"""Whoever reports is not who judges."""
_ACTS: dict[Way, acts.Act] = {
    "receive": acts.Receive(),
    "start": acts.Start(),
    "progress": acts.Progress(text="Đã khôi phục 3 trên 5 thiết bị (mô phỏng)", percent=60),
    "report": acts.Report(
        text="Đã thực hiện xong, gửi kết quả kiểm tra (mô phỏng)", product="Biên bản kiểm tra"
    ),
    "return": acts.Return(text="Thiếu số liệu của hai trạm, đề nghị bổ sung (mô phỏng)"),
    "accept": acts.Accept(text="Công nhận kết quả (mô phỏng)"),
}


class Link(msgspec.Struct, frozen=True):
    """An account and the secret of its one-time link."""

    username: str
    title: str
    token: str


async def prepare(connection: Connection, settings: Settings, clock: Clock, orgs: Mapping[str, int]) -> None:
    """Make the accounts, vehicles, parts and tasks that are not there yet."""
    there = await store.accounts(connection, [post.username for post in POSTS])
    # All were closed when the demonstration was taken away; one that somebody has closed stays closed.
    returns = bool(there) and not any(active for _, _, active in there.values())
    incidents = incidents_desk.desk_of(settings, clock)
    if returns:
        await _set_active(connection, incidents, active=True)
    for post in POSTS:
        if post.username in there:
            continue
        new = NewAccount(username=post.username, display_name=post.title, org_id=orgs[post.agency])
        made = await add_account(connection, clock, _GIVER, new)
        grant = Grant(post.role, orgs[post.over or post.agency])
        await add_grant(connection, clock, _GIVER, made.account.id, grant)
    await _keep_forces(connection, incidents, orgs)
    await _fill_roles(connection, incidents, orgs)
    known = await store.tasks(connection, SOURCE)
    for job in JOBS:
        if job.word not in known or (returns and known[job.word][2] == "cancelled"):
            await _give(connection, incidents.tasks, job, orgs)


async def close(connection: Connection, settings: Settings, clock: Clock) -> None:
    """Close the accounts, take the vehicles out of service, empty the parts, cancel the tasks.

    Nobody must send a vehicle that does not exist. One that an incident has sent stays until it is back.
    """
    desk = incidents_desk.desk_of(settings, clock)
    await _set_active(connection, desk, active=False)
    invented = {agency.name for agency in (province.COMMITTEE, *province.AGENCIES)}
    for role, fillers in (await store.fillers(connection)).items():
        others = [
            roles.Filler(org, person, area) for org, name, person, area in fillers if name not in invented
        ]
        if len(others) < len(fillers):
            await roles.fill(connection, desk, _GIVER, role, others)
    for id_, version, state in (await store.tasks(connection, SOURCE)).values():
        if state in OPEN | {"draft"}:
            act = acts.Cancel(text="Gỡ bỏ dữ liệu mô phỏng")
            await acting.perform(connection, desk.tasks, _GIVER, id_, act, version=version)


async def _set_active(connection: Connection, desk: incidents_desk.Desk, *, active: bool) -> None:
    there = await store.accounts(connection, [post.username for post in POSTS])
    for id_, version, before in there.values():
        if before is not active:
            patch = AccountPatch(active=active)
            await change_account(connection, desk.clock, _GIVER, id_, patch, version=version)
    for id_, version, before in await store.resources_called(connection, [force.name for force in FORCES]):
        if before is not active:
            change = resources.ResourcePatch(active=active)
            await resources.change(connection, desk, _GIVER, id_, change, version=version)


async def _keep_forces(connection: Connection, desk: incidents_desk.Desk, orgs: Mapping[str, int]) -> None:
    known = await store.resources(connection, [orgs[force.agency] for force in FORCES])
    for force in FORCES:
        if (orgs[force.agency], force.name) in known:
            continue
        new = resources.NewResource(
            name=force.name, kind=force.kind, org_id=orgs[force.agency], capacity=force.capacity,
            area_code=force.area, location=(force.lon, force.lat),
        )  # fmt: skip
        await resources.keep(connection, desk, _GIVER, new)


async def _fill_roles(connection: Connection, desk: incidents_desk.Desk, orgs: Mapping[str, int]) -> None:
    """Say which unit fills which part in procedures, where nobody has said so yet."""
    known = await store.fillers(connection)
    there = await store.accounts(connection, list(NAMED.values()))
    for role, fillers in DUTIES.items():
        if role in known:
            continue
        person = there.get(NAMED.get(role, ""), (None,))[0]
        await roles.fill(
            connection, desk, _GIVER, role, [roles.Filler(orgs[org], person, area) for org, area in fillers]
        )


async def links(connection: Connection, clock: Clock) -> list[Link]:
    """Make a new one-time link for each open account; its sessions end."""
    there = await store.accounts(connection, [post.username for post in POSTS])
    return [
        Link(post.username, post.title, await link_without_asking(connection, clock, _GIVER, post.username))
        for post in POSTS
        if there.get(post.username, (0, 0, False))[2]
    ]


async def _give(connection: Connection, desk: Desk, job: Job, orgs: Mapping[str, int]) -> None:
    new = giving.NewTask(
        title=job.title, owner_org=orgs[job.agency], assigner_org=orgs[job.giver],
        due=Due(precision="moment", at=desk.now() + timedelta(hours=job.hours)), area_code=job.area,
        sector=job.sector, priority=job.priority, source_kind=SOURCE, source_id=job.word,
        product=job.product, draft="draft" in job.done,
    )  # fmt: skip
    task = await giving.give(connection, desk, _GIVER, new)
    for way in job.done:
        if way == "draft":
            continue
        doer = _GIVER if way in ("return", "accept") else _LEAD
        task = await acting.perform(connection, desk, doer, task.id, _ACTS[way], version=task.version)
