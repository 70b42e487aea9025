"""What can be written beside a project, field by field: the forms of screens are made from it."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from haidang.programme.model import cases, payments
from haidang.programme.model.fields import Field, fields_of
from haidang.programme.model.kinds import KINDS
from haidang.programme.model.records import OWN
from haidang.programme.service.bottlenecks import NewBottleneck
from haidang.programme.service.projects import ProjectPatch
from haidang.programme.service.records import NewContractor

_PAYMENTS: dict[str, type[msgspec.Struct]] = {
    "estimate": payments.NewEstimate, "enter": payments.NewPayment, "reestimate": payments.Reestimate,
    "confirm": payments.Confirm, "cancel": payments.Cancel, "reverse": payments.Reverse,
}  # fmt: skip
_CASES: dict[str, type[msgspec.Struct]] = {
    "warn": cases.Warn, "demand": cases.Demand, "plan": cases.Plan, "cut_scope": cases.CutScope,
    "replace": cases.Replace, "reply": cases.Reply, "close": cases.Close,
}  # fmt: skip
_OWN = OWN | {"superseded_at"}


class KindFields(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of record and its fields."""

    kind: str
    vi: str
    en: str
    amend: bool
    """False: a row is never changed."""
    public: bool
    fields: list[Field]


@cache
def described() -> dict[str, Any]:
    """Return every kind of record and every act with its fields."""
    return {
        "records": [
            KindFields(
                kind=name, vi=kind.vi, en=kind.en, amend=kind.amend, public=kind.public,
                fields=fields_of(name, kind.row, own=_OWN, fixed=kind.fixed, refs=kind.refs),
            )
            for name, kind in KINDS.items()
        ],
        "payments": {name: fields_of("payment", struct) for name, struct in _PAYMENTS.items()},
        "cases": {name: fields_of("case", struct) for name, struct in _CASES.items()},
        "bottleneck": fields_of("bottleneck", NewBottleneck),
        "contractor": fields_of("contractor", NewContractor),
        "project": fields_of("project", ProjectPatch, own={"geometry"}),
    }  # fmt: skip
