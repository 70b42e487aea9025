"""The report of a reading, as the command line and the API say it."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from haidang.programme.sheets.reading import Sheet


def report_of(sheet: Sheet, content: bytes) -> dict[str, Any]:
    """Return the whole report, ready for JSON; amounts are whole đồng."""
    return {
        "leaf_projects": len(sheet.projects),
        "groups": len(sheet.groups),
        "plan_total_dong": sheet.plan_total_dong,
        "unreconciled": sheet.unreconciled_groups,
        "refused": msgspec.to_builtins(sheet.refused),
        "clean": clean(sheet),
        "sha256": hashlib.sha256(content).hexdigest(),
        "description": sheet.description,
        "page": sheet.page,
        "title": sheet.title,
        "unit_dong": sheet.unit_dong,
        "unit_cell": sheet.unit_cell,
        "columns": sheet.columns,
        "projects_without_number": sum(not each.number for each in sheet.projects),
        "refused_projects": sum(each.refused for each in sheet.projects),
        "importable_dong": importable_dong(sheet),
        "total_investment_dong": sum(each.total_investment_dong or 0 for each in sheet.projects),
        "norm_groups_dong": sum(plan.amount_dong for each in sheet.groups for plan in each.plans),
        "unreconciled_groups": msgspec.to_builtins(sheet.unreconciled),
        "notes": msgspec.to_builtins(sheet.notes),
        "conversions": [
            {"cell": cell, "encoding": encoding, "before": before, "after": after}
            for cell, encoding, before, after in sheet.conversions
        ],
        "group_rows": msgspec.to_builtins(sheet.groups),
        "projects": msgspec.to_builtins(sheet.projects),
    }


def clean(sheet: Sheet) -> bool:
    """Say whether everything was taken as it stands and every group adds up."""
    return not sheet.refused and not sheet.unreconciled


def importable_dong(sheet: Sheet) -> int:
    """Return the plan amounts of rows that nothing refuses."""
    if any(each.effect == "sheet" for each in sheet.refused):
        return 0
    refused = {plan.cell for each in sheet.projects if each.refused for plan in each.plans}
    return sum(plan.amount_dong for plan in sheet.main_plans if plan.cell not in refused)


def told(sheet: Sheet) -> str:
    """Return the report for people, Vietnamese first."""
    named = sheet.description or "—"
    lines = [
        f"Mô tả bảng / description: {named} · trang / sheet: {sheet.page} · ĐVT: {sheet.unit_dong} đồng",
        f"Dự án / projects: {len(sheet.projects)} · nhóm / groups: {len(sheet.groups)}",
        f"Kế hoạch / plan: {sheet.plan_total_dong:,} đồng".replace(",", "."),
        f"Nhóm không khớp / groups that do not add up: {sheet.unreconciled_groups}",
    ]
    for off in sheet.unreconciled:
        where = f" ({', '.join(off.suspects[:8])})" if off.suspects else ""
        lines.append(f"  {off.cell} {off.name}: {off.vi} / {off.en}{where}")
    lines.append(f"Từ chối / refused: {len(sheet.refused)}")
    for each in sheet.refused:
        value = f" “{each.value}”" if each.value else ""
        lines.append(f"  {each.cell}{value}: {each.vi} / {each.en}")
    lines.append(f"Lưu ý / notes: {len(sheet.notes)}")
    lines += [f"  {each.cell}: {each.vi} / {each.en}" for each in sheet.notes]
    return "\n".join(lines)
