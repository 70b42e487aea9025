"""The pack for a screen in a room where anybody may look: named fields of the same figures. Pure.

No person, no case of a contractor, and of wordings only what is meant for the screen: the questions. A
bottleneck is its project, cause, unit and day; a decision its project, unit and due.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from haidang.programme.meetings.model import Part
from haidang.programme.meetings.pack import GOAL_SHARE, Money, Outlook, Pack, Words
from haidang.programme.model.money import Ratio
from haidang.programme.service.money import ratio_shown

REASONS_MAX = 3


def slides(pack: Pack) -> list[dict[str, Any]]:
    """Return the parts of a pack as the screen shows them; a part without rows is left out."""
    found = [{"part": part} | shown(pack) for part, shown in _PARTS.items()]
    return [each for each in found if each["part"] == "overview" or each.get("rows")]


def _ratio(found: Ratio | None) -> dict[str, Any] | None:
    return None if found is None else ratio_shown(found)


def _money(of: Money) -> dict[str, Any]:
    before = of.before
    return {
        "plan_dong": of.plan_dong, "paid_dong": of.paid_dong, "share": _ratio(of.ratio()),
        "before": None if before is None else {
            "paid_dong": before.paid_dong, "plan_dong": before.plan_dong, "share": _ratio(before.share),
        },
    }  # fmt: skip


def _outlook(found: Outlook) -> dict[str, Any]:
    return {
        "plan_dong": found.plan_dong, "method": found.method, "p10_dong": found.p10_dong,
        "p50_dong": found.p50_dong, "p90_dong": found.p90_dong, "error_points": found.error_points,
        "reason": found.reason,
    }  # fmt: skip


def _overview(pack: Pack) -> dict[str, Any]:
    previous = pack.previous
    return _money(pack.total) | {
        "ratios": [ratio_shown(each) for each in pack.total.ratios], "goal_share": GOAL_SHARE,
        "outlook": _outlook(pack.outlook), "periods_left": pack.periods_left,
        "previous": None if previous is None else {"held_on": previous.held_on, "cutoff": previous.cutoff},
        "counts": {
            "risks": len(pack.risks), "projects": pack.risks_of, "bottlenecks": len(pack.bottlenecks),
            "bottlenecks_late": sum(each.days_late > 0 for each in pack.bottlenecks),
            "followups_overdue": None if pack.followups is None else pack.followups.overdue,
            "questions": len(pack.questions),
        },
    }  # fmt: skip


def _owners(pack: Pack) -> dict[str, Any]:
    return {"rows": [{"id": each.id, "name": each.name} | _money(each.money) for each in pack.owners]}


def _risks(pack: Pack) -> dict[str, Any]:
    return {
        "of": pack.risks_of,
        "rows": [
            {"project_id": each.project_id, "name": each.name, "owner": each.owner,
             "plan_dong": each.plan_dong, "share": _ratio(each.share), "p50_dong": each.p50_dong,
             "shortfall_dong": each.shortfall_dong,
             "reasons": [_title(why) for why in each.reasons[:REASONS_MAX]]}
            for each in pack.risks
        ],
    }  # fmt: skip


def _title(why: Words) -> Words:
    """Return a reason without the figures behind it, which the paper has."""
    return Words(vi=why.vi.partition(": ")[0], en=why.en.partition(": ")[0])


def _pace(pack: Pack) -> dict[str, Any]:
    return {"total": pack.pace_total, "periods_left": pack.periods_left, "rows": list(pack.paces)}


def _moves(pack: Pack) -> dict[str, Any]:
    return {
        "total_dong": sum(each.amount_dong for each in pack.moves),
        "rows": [
            {"giver": each.giver, "giver_id": each.giver_id, "taker": each.taker, "taker_id": each.taker_id,
             "source": each.source, "amount_dong": each.amount_dong}
            for each in pack.moves
        ],
    }  # fmt: skip


def _bottlenecks(pack: Pack) -> dict[str, Any]:
    words = {each.cause: each.words for each in pack.causes}
    return {
        "causes": list(pack.causes),
        "rows": [
            {"project_id": each.project_id, "name": each.project, "cause": words[each.cause],
             "unit": each.unit, "due_on": each.due_on, "days_late": each.days_late}
            for each in pack.bottlenecks
        ],
    }  # fmt: skip


def _followups(pack: Pack) -> dict[str, Any]:
    found = pack.followups
    if found is None:
        return {}
    names = (
        "held_on", "number", "given", "done_on_time", "done_late", "in_time", "awaiting_verdict", "overdue",
        "other", "earlier_open", "earlier_overdue",
    )  # fmt: skip
    items = sorted(found.items, key=lambda each: (each.place != "overdue", -each.days_late))
    return {name: getattr(found, name) for name in names} | {
        "rows": [
            {"no": each.no, "project_id": each.project_id, "name": each.project, "unit": each.unit,
             "due_on": each.due_on, "place": each.place, "days_late": each.days_late,
             "directive_id": each.directive_id}
            for each in items
        ]
    }  # fmt: skip


def _questions(pack: Pack) -> dict[str, Any]:
    return {
        "rows": [
            {"code": each.code, "text": each.text, "part": each.part, "project_ids": each.project_ids}
            for each in pack.questions
        ]
    }  # fmt: skip


_PARTS: Mapping[Part, Callable[[Pack], dict[str, Any]]] = {
    "overview": _overview, "owners": _owners, "risks": _risks, "pace": _pace, "moves": _moves,
    "bottlenecks": _bottlenecks, "followups": _followups, "questions": _questions,
}  # fmt: skip
