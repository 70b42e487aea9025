"""The public part of the register as packages of OC4IDS and OCDS, checked before they leave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple, TypeVar

from haidang.base.database import Connection
from haidang.base.log import logger
from haidang.base.problems import Problem, kind
from haidang.base.settings import Settings
from haidang.organisation.service.access import missing
from haidang.organisation.service.letterhead import letterhead
from haidang.programme.model.money import Disbursed
from haidang.programme.model.plans import Plan
from haidang.programme.model.records import (
    Contract,
    ContractChange,
    HandoverRecord,
    Milestone,
    Package,
    Party,
    Progress,
    Settlement,
)
from haidang.programme.model.register import Decision, FundSource, Project, Total
from haidang.programme.open_data import checks, oc4ids, ocds
from haidang.programme.open_data.facts import Facts, Paid, Prefixes
from haidang.programme.service.desk import Desk
from haidang.programme.service.reading import lines
from haidang.programme.store import open_data as store
from haidang.programme.store import rows

PROJECTS_MAX = 200
"""Projects of one package."""
Standard = Literal["oc4ids", "ocds"]
Row = TypeVar(
    "Row", Plan, Total, Contract, Party, Decision, Package, ContractChange, Milestone, Progress,
    HandoverRecord, Settlement,
)  # fmt: skip
"""What stands beside a project."""
UNSOUND = kind(
    "open-data-unsound",
    500,
    "Gói dữ liệu mở không đạt chuẩn, chưa được công bố",
    "The package of open data is not sound and was not published",
)
_log = logger("programme")


class Published(NamedTuple):
    """A package, and where the next one begins."""

    document: dict[str, Any]
    next: int | None


async def package(
    connection: Connection,
    desk: Desk,
    settings: Settings,
    standard: Standard,
    *,
    address: str,
    program: str | None = None,
    after: int | None = None,
    limit: int = PROJECTS_MAX,
) -> Published:
    """Return a package of public projects; ``Problem`` (404) where none is public.

    What does not hold its standard's structure does not leave: ``Problem`` (open-data-unsound), and the log
    says what was wrong.
    """
    found = await store.projects(connection, limit=limit + 1, after=after, program=program)
    shown = found[:limit]
    if not shown:
        raise missing("Chưa có dự án công khai.", "No project is public.")
    facts = await gathered(connection, desk, shown)
    publisher = (await letterhead(connection, None, settings.province_code)).name
    document = await asyncio.to_thread(
        _document, facts, standard, settings, desk.today(), (address, publisher)
    )
    return Published(document, shown[-1].id if len(found) > limit else None)


def _document(
    facts: Sequence[Facts], standard: Standard, settings: Settings, on: date, said: tuple[str, str]
) -> dict[str, Any]:
    prefixes, (address, publisher) = Prefixes(settings.oc4ids_prefix, settings.ocds_prefix), said
    published = max(each.updated for each in facts)
    if standard == "oc4ids":
        listed = [oc4ids.project(each, prefixes, on=on) for each in facts]
        document = oc4ids.package(listed, uri=address, publisher=publisher, published=published)
    else:
        releases = [release for each in facts for release in ocds.releases(each, prefixes, on=on)]
        if not releases:
            raise missing("Chưa có gói thầu công khai.", "No contracting process is public.")
        document = ocds.package(releases, uri=address, publisher=publisher, published=published)
    if faults := checks.CHECKS[standard](document):
        _log.error("open data is not sound", standard=standard, faults=faults[:20])
        raise Problem(UNSOUND)
    return document


async def gathered(connection: Connection, desk: Desk, projects: Sequence[Project]) -> list[Facts]:
    """Return what is known of some projects, each kind of row by one statement."""
    ids = [project.id for project in projects]

    async def beside(table: str, row: type[Row], **more: Any) -> Callable[[int], tuple[Row, ...]]:
        return _by_project(await rows.where(connection, table, row, limit=50_000, project_id=ids, **more))

    plans = await beside("capital_plan", Plan, order="t.plan_kind, t.plan_year, t.fund_source_id")
    totals = await beside("project_total", Total, order="t.valid_from")
    contracts = await beside("contract", Contract)
    parties = await beside("project_party", Party)
    kinds: Mapping[str, Callable[[int], Any]] = {
        "decisions": await beside("programme_decision", Decision, order="t.signed_on, t.id"),
        "packages": await beside("package", Package),
        "changes": await beside("contract_change", ContractChange),
        "milestones": await beside("milestone", Milestone), "progress": await beside("progress", Progress),
        "handovers": await beside("handover_record", HandoverRecord),
        "contracts": contracts, "parties": parties,
        "settlements": await beside("settlement", Settlement),
    }  # fmt: skip
    payments = await store.payments(connection, ids)
    companies = {each.contractor_id for project in ids for each in contracts(project)}
    orgs = {project.owner_org for project in projects} | {
        each.org_id for project in ids for each in parties(project)
    }
    common: dict[str, Any] = {
        "orgs": await rows.names(connection, "org", "name", orgs),
        "companies": await store.companies(connection, companies),
        "areas": await store.areas(connection, {code for each in projects for code in each.area_codes}),
        "sources": {each.id: each for each in await rows.where(connection, "fund_source", FundSource)},
        "bidders": await store.bidders(connection, ids),
    }
    statuses = await lines(connection, desk, [(each, common["orgs"][each.owner_org]) for each in projects])
    changed = await store.changed(connection, ids)
    return [
        Facts(
            project=project, status=line["status"],
            totals=tuple(each for each in totals(project.id) if each.superseded_at is None),
            plans=tuple(each for each in plans(project.id) if _holds(each)),
            payments=tuple(payments.get(project.id, ())), disbursed=_disbursed(payments.get(project.id, ())),
            updated=max(project.changed_at, changed.get(project.id, project.changed_at)),
            **common, **{name: of(project.id) for name, of in kinds.items()},
        )
        for project, line in zip(projects, statuses, strict=True)
    ]  # fmt: skip


def _holds(plan: Plan) -> bool:
    """Say whether an amount is known now and in force."""
    return plan.superseded_at is None and plan.valid_to is None


def _by_project(found: Sequence[Row]) -> Callable[[int], tuple[Row, ...]]:
    by_project: dict[int | None, list[Row]] = {}
    for each in found:
        by_project.setdefault(each.project_id, []).append(each)
    return lambda project: tuple(by_project.get(project, ()))


def _disbursed(paid: Sequence[Paid]) -> Disbursed:
    def of(kind: str) -> int:
        return sum(each.amount_dong for each in paid if each.kind == kind)

    return Disbursed(advance_dong=of("advance"), volume_dong=of("volume"), recovery_dong=of("recovery"))
