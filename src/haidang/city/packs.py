"""Sector packs: what a kind of entity is called, how its attributes are labelled, how often it should speak.

A pack is a folder of YAML, no Python: ``sector.yaml`` (name, vi, en) and ``types/*.yaml``. The province's own
folder comes last and overrides by name: a sector by its ``name``, a type by its ``type``. A faulty file is
refused by name at the start, because a label that silently vanished would be looked for on a screen at night.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from haidang.base.problems import Fault, Problem, kind

BAD_PACK = kind("bad-sector-pack", 500, "Gói lĩnh vực không hợp lệ", "A sector pack is not valid")

BUILTIN = Path(__file__).resolve().parent.parent / "sectors"
"""The packs that come with the product."""

DEFAULT_PERIOD_S = 3_600
"""How often an entity of an unknown type is expected to speak."""

SYMBOLS = {
    "2N": "dB", "4H": "µm", "59": "ppm", "A97": "hPa", "AMP": "A", "C26": "ms", "C62": "",
    "C74": "kbit/s", "CEL": "°C", "CMT": "cm", "D54": "W/m²", "DAY": "ngày", "DD": "°",
    "GP": "mg/m³", "GQ": "µg/m³", "H10": "1/h", "H67": "mm/h", "HUR": "giờ", "HTZ": "Hz",
    "KGM": "kg", "KMH": "km/h", "KMT": "km", "KWH": "kWh", "KWT": "kW", "LTR": "l", "LUX": "lx",
    "MBR": "mbar", "MIN": "phút", "MMT": "mm", "MQS": "m³/s", "MTK": "m²", "MTQ": "m³", "MTR": "m",
    "MTS": "m/s", "P1": "%", "PAL": "Pa", "SEC": "s", "VLT": "V", "WTT": "W",
}  # fmt: skip
"""UN/CEFACT common codes (Recommendation 20) and how each is written beside a number."""


class AttributePack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one attribute is shown."""

    vi: str
    en: str
    unit: str | None = None
    """UN/CEFACT code, used where the observation itself names none."""
    symbol: str | None = None
    """Written instead of the unit's own symbol, e.g. ``xe/giờ``."""
    decimals: int | None = None
    band: tuple[float, float] | None = None
    """The ordinary range; outside of it a screen draws the eye to the value."""
    indexed: bool = False
    """Whether questions by its value are answered from an index (``city.declared``); it costs each write."""


class TypePack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one kind of entity is shown."""

    type: str
    vi: str
    en: str
    iri: str | None = None
    icon: str = "point"
    headline: str | None = None
    """The attribute that speaks for the entity on map and list."""
    expected_period_s: int = DEFAULT_PERIOD_S
    keep_days: int | None = None
    """Days that its observations are kept; 0: for ever; None: as the setting ``history_keep_days`` says."""
    attributes: dict[str, AttributePack] = {}
    sector: str = ""
    """Filled in from the folder the file lies in."""


class SectorPack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of business."""

    name: str
    vi: str
    en: str
    validation: Literal["accept", "warn", "reject"] | None = None
    """What becomes of entities that do not fit the data model of their type; absent: as the site says."""


COMMON = {
    "name": AttributePack("Tên", "Name"),
    "description": AttributePack("Mô tả", "Description"),
    "address": AttributePack("Địa chỉ", "Address"),
    "location": AttributePack("Vị trí", "Location"),
    "owner": AttributePack("Chủ sở hữu", "Owner"),
    "dataProvider": AttributePack("Đơn vị cung cấp dữ liệu", "Data provider"),
    "source": AttributePack("Nguồn", "Source"),
    "status": AttributePack("Trạng thái", "Status"),
    "seeAlso": AttributePack("Xem thêm", "See also"),
}
"""What every type may have."""


class Packs(msgspec.Struct, frozen=True):
    """All sectors and types that this site knows."""

    sectors: dict[str, SectorPack]
    types: dict[str, TypePack]

    def type(self, name: str) -> TypePack:
        """Return the pack of a type; one nobody described shows under its own name."""
        return self.types.get(name) or TypePack(type=name, vi=name, en=name)

    def attribute(self, type_name: str, attribute: str) -> AttributePack:
        """Return how an attribute is shown; one nobody described shows under its own name."""
        pack = self.types.get(type_name)
        described = pack.attributes.get(attribute) if pack else None
        return described or COMMON.get(attribute) or AttributePack(attribute, attribute)


def symbol(pack: AttributePack, unit_code: str | None) -> str | None:
    """Return what is written beside a number observed in ``unit_code`` (None: the pack's unit)."""
    code = unit_code or pack.unit
    if code is None:
        return pack.symbol
    if pack.symbol is not None and code == pack.unit:
        return pack.symbol
    return SYMBOLS.get(code, code) or None


def load_packs(folders: Iterable[Path]) -> Packs:
    """Read pack folders, later ones override; raise ``Problem`` (bad-sector-pack) naming the file."""
    sectors: dict[str, SectorPack] = {}
    types: dict[str, TypePack] = {}
    for folder in folders:
        for file in sorted(folder.glob("*/sector.yaml")):
            sector = _read(file, SectorPack)
            sectors[sector.name] = sector
            for described in sorted(file.parent.glob("types/*.yaml")):
                pack = msgspec.structs.replace(_read(described, TypePack), sector=sector.name)
                if pack.headline is not None and pack.headline not in pack.attributes:
                    raise wrong_file(described, "headline", f"unknown attribute {pack.headline!r}")
                if pack.expected_period_s <= 0:
                    raise wrong_file(described, "expected_period_s", "must be above zero")
                if pack.keep_days is not None and pack.keep_days < 0:
                    raise wrong_file(described, "keep_days", "must not be below zero")
                types[pack.type] = pack
    return Packs(sectors, types)


def _read(file: Path, shape: type[Any]) -> Any:
    try:
        return msgspec.convert(yaml.safe_load(file.read_text("utf-8")), shape)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as cause:
        raise wrong_file(file, "", str(cause)) from cause


def wrong_file(file: Path, field: str, reason: str) -> Problem:
    """Return the refusal of a file of a pack, naming it and the place in it."""
    inside = file.parent.name in ("types", "models")
    where = f"{file.parent.parent.name if inside else file.parent.name}/{file.name}"
    return Problem(
        BAD_PACK,
        f"Tệp {where} không đọc được: {reason}",
        f"The file {where} cannot be used: {reason}",
        faults=(Fault(field=field or where, vi="khai báo không hợp lệ", en=reason),),
    )


@lru_cache(maxsize=4)
def site_packs(data_dir: Path) -> Packs:
    """Return the product's packs with the province's own over them; read once in the life of a process."""
    return load_packs([BUILTIN, data_dir / "sectors"])
