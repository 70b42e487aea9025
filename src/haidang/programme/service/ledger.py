"""The nightly question: does every total reconcile with its rows? Asked by ``haidang programme check`` too.

It recounts from the rows, without the triggers that guard them, so that a row put in past them is found.
"""

from __future__ import annotations

import msgspec

from haidang.base.database import Connection
from haidang.organisation import chain
from haidang.programme.model.money import Disbursed
from haidang.programme.service import nodes
from haidang.programme.service.desk import LOG, Desk
from haidang.programme.store import ledger, payments

FOUND_MAX = 200
"""Most findings of a kind that are named; one more says that there are more."""
WORDS: dict[str, tuple[str, str]] = {
    "plan_overlap": ("Hai số kế hoạch cùng hiệu lực", "Two plan amounts hold at one time"),
    "allocated_beyond_plan": ("Phân bổ vượt kế hoạch", "More allocated than planned"),
    "paid_beyond_plan": (
        "Giải ngân vượt vốn được cấp, không ghi ngoại lệ",
        "Paid beyond the plan, unexcused",
    ),
    "recovered_beyond_advance": ("Thu hồi vượt tạm ứng", "More recovered than advanced"),
    "confirmed_without_reference": ("Thiếu chứng từ Kho bạc", "Confirmed without the Treasury's reference"),
    "total_parts": ("Các nguồn không cộng thành tổng mức", "Parts do not add up to the total"),
    "accepted_beyond_contract": ("Nghiệm thu vượt giá trị hợp đồng", "Accepted beyond the contract"),
    "paid_beyond_contract": ("Thanh toán vượt giá trị hợp đồng", "Paid beyond the contract"),
    "bottleneck_without_task": ("Vướng mắc không có nhiệm vụ", "A bottleneck without its task"),
    "tree_differs": ("Cộng theo cây khác cộng các dòng", "The tree's sum differs from the rows'"),
    "line_unreconciled": ("Số in trên bảng khác số cộng", "A printed total differs from its sum"),
    "payments_differ": ("Cộng theo kỳ khác cộng theo dự án", "Sums by period and by project differ"),
}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A place where the ledger does not reconcile."""

    rule: str
    about: str
    dong: tuple[int | None, ...]
    vi: str
    en: str


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked and what was found."""

    rules: int
    years: int
    """Programmes × years whose trees were added up."""
    confirmed_dong: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether every total reconciles."""
        return not self.findings


def _finding(rule: str, about: str, *dong: int | None) -> Finding:
    vi, en = WORDS[rule]
    return Finding(rule=rule, about=about, dong=dong, vi=vi, en=en)


async def check(connection: Connection, desk: Desk) -> Checked:
    """Recount every total from its rows and return each place that does not reconcile."""
    found: list[Finding] = []
    for rule in ledger.QUESTIONS:
        found += [
            _finding(rule, about, *dong) for about, dong in await ledger.ask(connection, rule, FOUND_MAX)
        ]
    years = await ledger.years(connection)
    for program, year in years:
        found += await _tree(connection, desk, program, year)
    by_project = await payments.disbursed(connection, ["project", "year"])
    by_period = await payments.disbursed(connection, ["year", "period", "source"])
    ways = [sum(each.values(), Disbursed()) for each in (by_project, by_period)]
    if ways[0] != ways[1]:
        found.append(_finding("payments_differ", "payment", ways[0].total_dong, ways[1].total_dong))
    return Checked(
        rules=len(WORDS), years=len(years), confirmed_dong=ways[0].total_dong, findings=tuple(found)
    )


async def _tree(connection: Connection, desk: Desk, program: int, year: int) -> list[Finding]:
    """Add a year's tree up, today and on each day that printed totals are of."""
    about = f"program:{program}:{year}"
    today, now = desk.today(), desk.now()
    tree = await nodes.tree(connection, program, year, valid_on=today, known_at=now)
    flat = await ledger.flat(connection, program, year, today)
    found = []
    if flat != tree.report.total_dong:
        found.append(_finding("tree_differs", about, tree.report.total_dong, flat))
    for day in {branch.node.stated_on for branch in tree.branches if branch.node.stated_on}:
        printed = await nodes.tree(connection, program, year, valid_on=day, known_at=now)
        found += [
            _finding("line_unreconciled", f"node:{each.node.id}", each.node.stated_dong, each.total_dong)
            for each in printed.report.unreconciled[:FOUND_MAX]
            if each.node.stated_on == day
        ]
    return found


async def check_and_log(connection: Connection, desk: Desk, actor: str) -> Checked:
    """Check and note the outcome in the chained log, so that a night without a check shows."""
    checked = await check(connection, desk)
    await chain.append(
        connection, desk.clock, log=LOG, actor=actor, action="programme.ledger.check", subject="ledger",
        org_id=None,
        body={
            "rules": checked.rules, "years": checked.years, "confirmed_dong": checked.confirmed_dong,
            "findings": [[each.rule, each.about, list(each.dong)] for each in checked.findings[:200]],
            "count": len(checked.findings),
        },
    )  # fmt: skip
    return checked
