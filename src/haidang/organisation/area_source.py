"""The lists of administrative units as they come out of the package ``vietnamadminunits`` and our overlay.

The package carries two lists: the units as they stood before 1 July 2025 (63 provinces, districts, communes)
and since then (34 provinces, 3,321 communes), with the map from the one to the other. It is read once, when
a database is prepared; nothing of it is imported, since its modules load a geocoder. The overlay
(``data/areas_overlay.yaml``) adds what changed later, with the decree.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import yaml

from haidang.organisation.model import Area, AreaKind, AreaSuccession

PACKAGE = "vietnamadminunits"
REFORM = date(2025, 7, 1)
"""19/2025/QĐ-TTg: 34 provinces, no districts."""
LIST_START = date(2008, 8, 1)
"""Since Hà Tây joined Hà Nội the 63 provinces stood unchanged; units below them may be younger."""
OVERLAY = Path(__file__).parent / "data" / "areas_overlay.yaml"
_FORM = 1  # of the rows made here; a change loads the list anew

_KINDS: dict[str, AreaKind] = {
    "Tỉnh": "province",
    "Phường": "ward",
    "Xã": "commune",
    "Thị trấn": "township",
    "Đặc khu": "special_zone",
}


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A later change of name or kind: the code stays, what it is called changes on a day."""

    code: str
    since: date
    before: str
    after: str
    legal_basis: str


class AlsoCoded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A unit that another published list knows under another code."""

    code: str
    other: str
    note: str


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a unit truly lies; for every row of its code."""

    code: str
    lon: float
    lat: float


class Overlay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What we know beyond the package."""

    changes: tuple[Change, ...]
    also_coded: tuple[AlsoCoded, ...] = ()
    places: tuple[Place, ...] = ()


class AreaList(msgspec.Struct, frozen=True):
    """Every unit with its days, and what became of each."""

    areas: tuple[Area, ...]
    successions: tuple[AreaSuccession, ...]


class OverlayError(ValueError):
    """The overlay speaks of a unit that the list does not have, or knows under another name."""


def read_overlay(path: Path = OVERLAY) -> Overlay:
    """Read the overlay file."""
    return msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Overlay)


def list_version() -> str:
    """Return a word that changes whenever the list made here would."""
    overlay = hashlib.sha256(OVERLAY.read_bytes()).hexdigest()[:12]
    return f"{PACKAGE} {importlib.metadata.version(PACKAGE)}, overlay {overlay}, form {_FORM}"


def read_list() -> AreaList:
    """Read the package's data files and put the overlay on them (about half a second)."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(PACKAGE)
    folder = Path(spec.submodule_search_locations[0]) / "data"
    with closing(sqlite3.connect(f"file:{folder / 'dataset.db'}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        legacy = database.execute("SELECT * FROM admin_units_legacy").fetchall()
        current = database.execute("SELECT * FROM admin_units").fetchall()
    merge_map = json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))
    source = f"{PACKAGE} {importlib.metadata.version(PACKAGE)}"
    return apply_overlay(_build(legacy, current, merge_map, source), read_overlay())


def apply_overlay(listed: AreaList, overlay: Overlay) -> AreaList:
    """Split the row of each changed unit on the day of the change; raise ``OverlayError`` where none fits."""
    places = {place.code: {"lon": place.lon, "lat": place.lat} for place in overlay.places}
    areas = {
        (area.code, area.valid_from): msgspec.structs.replace(area, **places.get(area.code, {}))
        for area in listed.areas
    }
    successions = list(listed.successions)
    for change in sorted(overlay.changes, key=lambda each: each.since):
        row = next(
            (each for each in areas.values() if each.code == change.code and each.holds_on(change.since)),
            None,
        )
        if row is None or row.full_name not in (change.before, change.after):
            raise OverlayError(f"{change.code} {change.before} → {change.after}: the list has {row}")
        areas[row.code, row.valid_from] = _named(row, change.before, valid_to=change.since)
        areas[row.code, change.since] = _named(
            row,
            change.after,
            valid_from=change.since,
            since_exact=True,
            source=f"{row.source}; {change.legal_basis}",
        )
        # What followed the one row follows, from now on, its later half.
        successions = [
            msgspec.structs.replace(each, old_valid_from=change.since)
            if (each.old_code, each.old_valid_from) == (row.code, row.valid_from)
            else each
            for each in successions
        ]
        successions.append(AreaSuccession(row.code, row.valid_from, row.code, change.since, "whole"))
    return AreaList(tuple(areas.values()), tuple(successions))


def short_name(full_name: str) -> str:
    """Return the name without the word for its kind: ``Thành phố Đồng Nai`` is Đồng Nai."""
    for word in ("Thành phố", "Thị xã", "Huyện", "Quận", *_KINDS):
        if full_name.startswith(word + " "):
            name = full_name.removeprefix(word + " ")
            return full_name if name.isdigit() else name  # Quận 1, Phường 12: the number alone says nothing
    return full_name


def kind_of(full_name: str, code: str) -> AreaKind:
    """Return the kind that the name says; the package's own column of kinds is wrong in four rows.

    Raises ``ValueError`` where the name begins with no word for a kind.
    """
    if len(code) == 3:
        return "district"
    if len(code) == 2 and full_name.startswith("Thành phố "):
        return "city"
    for word, kind in _KINDS.items():
        if full_name.lower().startswith(word.lower() + " "):
            return kind
    raise ValueError(f"no kind in the name {full_name!r}")


def _named(row: Area, full_name: str, **changes: Any) -> Area:
    return msgspec.structs.replace(
        row, full_name=full_name, name=short_name(full_name), kind=kind_of(full_name, row.code), **changes
    )


def _build(
    legacy: list[sqlite3.Row], current: list[sqlite3.Row], merge_map: dict[str, Any], source: str
) -> AreaList:
    lasting = set(_lasting_provinces(legacy, current, merge_map["DICT_PROVINCE"]))
    old = {area.code: area for area in _legacy_areas(legacy, lasting, source)}
    new = {area.code: area for area in _current_areas(current, source) if area.code not in lasting}
    successions = [*_provinces_map(legacy, current, merge_map), *_communes_map(legacy, current, merge_map)]
    return AreaList(
        (*old.values(), *new.values()),
        tuple(each for each in successions if each.old_code not in lasting),
    )


def _lasting_provinces(
    legacy: Iterable[sqlite3.Row], current: Iterable[sqlite3.Row], provinces: dict[str, list[str]]
) -> Iterator[str]:
    """Yield the codes of provinces that the reform left as they were."""
    old = {row["provinceKey"]: row["provinceCode"] for row in legacy}
    for key, code in {row["provinceKey"]: row["provinceCode"] for row in current}.items():
        if provinces[key] == [key] and old[key] == code:
            yield code


def _area(row: sqlite3.Row, level: str, parent: str | None, source: str, **days: Any) -> Area:
    full_name = " ".join(row[level].split()).replace("Thị Trấn ", "Thị trấn ")
    code = row[f"{level}Code"]
    return Area(
        code=code,
        name=short_name(full_name),
        full_name=full_name,
        kind=kind_of(full_name, code),
        parent_code=parent,
        lon=row[f"{level}Lon"],
        lat=row[f"{level}Lat"],
        source=source,
        **days,
    )


def _legacy_areas(rows: Iterable[sqlite3.Row], lasting: set[str], source: str) -> Iterator[Area]:
    days: dict[str, Any] = {"valid_from": LIST_START, "valid_to": REFORM, "since_exact": False}
    for row in rows:
        province = row["provinceCode"]
        yield _area(
            row, "province", None, source, **days | ({"valid_to": None} if province in lasting else {})
        )
        yield _area(row, "district", province, source, **days)
        if row["wardCode"]:  # five island districts had no communes
            yield _area(row, "ward", row["districtCode"], source, **days)


def _current_areas(rows: Iterable[sqlite3.Row], source: str) -> Iterator[Area]:
    days: dict[str, Any] = {"valid_from": REFORM, "valid_to": None, "since_exact": True}
    for row in rows:
        yield _area(row, "province", None, source, **days)
        yield _area(row, "ward", row["provinceCode"], source, **days)


def _provinces_map(
    legacy: Iterable[sqlite3.Row], current: Iterable[sqlite3.Row], merge_map: dict[str, Any]
) -> Iterator[AreaSuccession]:
    old = {row["provinceKey"]: row["provinceCode"] for row in legacy}
    new = {row["provinceKey"]: row["provinceCode"] for row in current}
    for key, parts in merge_map["DICT_PROVINCE"].items():
        for part in parts:
            yield AreaSuccession(old[part], LIST_START, new[key], REFORM, "whole")


def _communes_map(
    legacy: Iterable[sqlite3.Row], current: Iterable[sqlite3.Row], merge_map: dict[str, Any]
) -> Iterator[AreaSuccession]:
    old = {
        f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}": row["wardCode"]
        or row["districtCode"]
        for row in legacy
    }
    new = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in current}
    for province, wards in merge_map["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, parts in wards.items():
            for part in parts:
                yield AreaSuccession(old[part], LIST_START, new[province, ward], REFORM, "whole")
    for province, divided in merge_map["DICT_PROVINCE_WARD_DIVIDED"].items():
        for part, shares in divided.items():
            for code in {new[province, share["newWardKey"]] for share in shares}:
                yield AreaSuccession(old[part], LIST_START, code, REFORM, "part")
