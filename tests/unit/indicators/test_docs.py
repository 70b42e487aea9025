"""``docs/indicators.md`` says of every act, source, reason, flag, field and finding what the code says."""

from __future__ import annotations

import re
from pathlib import Path

from haidang.indicators.model.due import DueRule
from haidang.indicators.model.period import KINDS
from haidang.indicators.model.register import Indicator
from haidang.indicators.model.submission import RULES
from haidang.indicators.model.value import FLAG_WORDS, REASONS, SOURCES, Flag
from haidang.indicators.packs import Declared, DeclaredForm, DeclaredMethod
from haidang.indicators.service.measuring import CODES
from haidang.organisation.permissions import PERMISSIONS

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "indicators.md").read_text(encoding="utf-8")
PACKS = (ROOT / "docs" / "sector-packs.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"`([\w.-]+)`", PAGE))
_ROW = re.compile(r"^\| `([\w.]+)` \| (.+) \|$", re.MULTILINE)


def rows(title: str) -> dict[str, list[str]]:
    section = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return {name: [cell.strip() for cell in rest.split(" | ")] for name, rest in _ROW.findall(section)}


def test_every_act_stands_with_what_it_needs() -> None:
    assert {name: cells for name, cells in rows("Handing in").items() if name in RULES} == {
        name: [f"`{rule.permission}`", ", ".join(sorted(rule.states)), rule.to]
        for name, rule in RULES.items()
    }


def test_sources_stand_in_the_order_of_honour_and_permissions_stand() -> None:
    assert tuple(rows("Where values come from")) == SOURCES
    assert set(rows("Who does what")) == {name for name in PERMISSIONS if name.startswith("indicator.")}


def test_every_reason_flag_period_and_field_is_named() -> None:
    assert set(REASONS) <= WORDS
    assert {str(flag.name).lower() for flag in Flag} <= WORDS
    assert set(FLAG_WORDS) == set(Flag)
    assert set(KINDS) <= WORDS
    inner = {"id", "version", "sector", "pack", "edited"}
    assert set(Indicator.__struct_fields__) - inner <= WORDS
    assert set(DueRule.__struct_fields__) <= WORDS
    assert set(CODES) <= WORDS


def test_every_finding_of_a_workbook_is_explained() -> None:
    code = (ROOT / "src" / "haidang" / "indicators" / "sheet.py").read_text("utf-8")
    code += (ROOT / "src" / "haidang" / "indicators" / "service" / "sheets.py").read_text("utf-8")
    found = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', code)) - {"indicator-sheets", "indicator-form"}
    assert {"row-unsealed", "unit-mismatch", "reason-and-value"} <= found
    assert found <= WORDS


def test_every_key_of_a_pack_is_named() -> None:
    words = set(re.findall(r"`(\w+)`", PACKS.split("\n## `indicators.yaml`")[1].split("\n## ")[0]))
    for kind in (DeclaredForm, Declared, DeclaredMethod):
        assert set(kind.__struct_fields__) - {"sector"} <= words, kind
