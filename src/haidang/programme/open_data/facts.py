"""What is known of a public project, gathered once and said in two standards."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

import msgspec

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
from haidang.programme.model.status import Status


class Prefixes(NamedTuple):
    """What stands before our numbers, so that they are nobody else's in the world."""

    project: str
    """Registered for OC4IDS."""
    process: str
    """Registered for OCDS."""


class Paid(msgspec.Struct, frozen=True):
    """A confirmed payment of the public part: money out, by contract and day."""

    id: int
    contract_id: int | None
    kind: str
    amount_dong: int
    paid_on: date


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """A project and what stands beside it."""

    project: Project
    status: Status | None
    orgs: dict[int, str]
    """Names of the units that are mentioned."""
    companies: dict[int, tuple[str, str]]
    """Name and tax code of the contractors that are mentioned."""
    areas: dict[str, str]
    """Names of the administrative areas that are mentioned."""
    decisions: tuple[Decision, ...] = ()
    totals: tuple[Total, ...] = ()
    """By day; the first is the approval."""
    sources: dict[int, FundSource]
    plans: tuple[Plan, ...] = ()
    """As known now and in force."""
    disbursed: Disbursed
    payments: tuple[Paid, ...] = ()
    packages: tuple[Package, ...] = ()
    bidders: dict[int, int] = {}
    """Package to number of bidders."""
    contracts: tuple[Contract, ...] = ()
    changes: tuple[ContractChange, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    progress: tuple[Progress, ...] = ()
    parties: tuple[Party, ...] = ()
    handovers: tuple[HandoverRecord, ...] = ()
    settlements: tuple[Settlement, ...] = ()
    updated: datetime
    """When anything of it last changed."""
