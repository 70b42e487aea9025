"""Indicators that sector packs declare: ``<pack>/indicators.yaml``, read strictly, the site's own folder
last.

A province overrides a form by its name and an indicator by its code; a faulty file is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

import msgspec
import yaml

from haidang.city.packs import BUILTIN, wrong_file
from haidang.indicators.model.due import DueRule, faults
from haidang.indicators.model.period import Kind
from haidang.indicators.model.register import (
    Aggregate,
    Code,
    Direction,
    FormCode,
    Level,
    Long,
    Name,
    Thresholds,
    Unit,
)
from haidang.indicators.model.value import Source

FILE = "indicators.yaml"


class DeclaredForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What units hand in at once."""

    form: FormCode
    vi: Name
    en: Name
    period: Kind
    due: DueRule
    sector: str = ""
    """Filled in from the folder."""


class DeclaredMethod(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an indicator is made."""

    vi: Long
    en: Long
    formula: Long | None = None
    valid_from: date = date(2021, 1, 1)


class Declared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An indicator."""

    code: Code
    vi: Name
    en: Name
    definition_vi: Long = ""
    definition_en: Long = ""
    unit: Unit
    decimals: int = 0
    low: float | None = None
    high: float | None = None
    direction: Direction = "none"
    thresholds: Thresholds = Thresholds()
    level: Level
    period: Kind
    form: FormCode | None = None
    source: Source
    aggregate: Aggregate = "none"
    legal_basis: Long = ""
    verify: bool = False
    """The legal basis is from memory: not yet checked against the official text."""
    shared: bool = False
    method: DeclaredMethod
    sector: str = ""
    """Filled in from the folder."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    forms: tuple[DeclaredForm, ...] = ()
    indicators: tuple[Declared, ...] = ()


class Declarations(msgspec.Struct, frozen=True):
    """All that the packs of a site declare."""

    forms: dict[str, DeclaredForm]
    indicators: dict[str, Declared]


def load(folders: Iterable[Path]) -> Declarations:
    """Read the folders, later ones override; ``Problem`` (bad-sector-pack) names the file and the place."""
    forms: dict[str, DeclaredForm] = {}
    indicators: dict[str, Declared] = {}
    for folder in folders:
        for path in sorted(folder.glob(f"*/{FILE}")):
            found, sector = read(path), path.parent.name
            for form in found.forms:
                forms[form.form] = msgspec.structs.replace(form, sector=form.sector or sector)
            for each in found.indicators:
                held = forms.get(each.form) if each.form else None
                if each.form and (held is None or held.period != each.period):
                    raise wrong_file(path, each.code, f"no form {each.form!r} of period {each.period}")
                indicators[each.code] = msgspec.structs.replace(each, sector=each.sector or sector)
    return Declarations(forms, indicators)


def read(path: Path) -> _File:
    """Read one file strictly."""
    try:
        found = msgspec.convert(yaml.safe_load(path.read_text("utf-8")), _File)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as cause:
        raise wrong_file(path, "", str(cause)) from cause
    seen: set[str] = set()
    for name in (*(form.form for form in found.forms), *(each.code for each in found.indicators)):
        if name in seen:
            raise wrong_file(path, name, "stands twice")
        seen.add(name)
    for form in found.forms:
        for fault in faults(form.due):
            raise wrong_file(path, form.form, fault.en)
    for each in found.indicators:
        if (each.form is not None) != (each.source in {"submitted", "typed"}):
            raise wrong_file(path, each.code, "what units hand in has a form, and only that")
        if each.low is not None and each.high is not None and each.low > each.high:
            raise wrong_file(path, each.code, "low is above high")
    return found


@lru_cache(maxsize=4)
def site_declarations(data_dir: Path) -> Declarations:
    """Return what the product's packs and the province's own declare; read once in the life of a process."""
    return load([BUILTIN, data_dir / "sectors"])
