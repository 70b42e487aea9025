"""The mapping of a feed: a row of the source in, an entity out, or every reason why not. Never raises.

:class:`Mapper` is made once from a declaration (and refuses one that cannot work: unknown units, a time zone
that does not exist); :meth:`Mapper.row` is then called for each row. A cell that cannot be read costs its own
attribute, a required one the whole row; both are named with their reason, so nothing vanishes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from haidang.base.problems import Fault
from haidang.base.text import fold
from haidang.feeds.model import cells, units
from haidang.feeds.model.cells import Refused
from haidang.feeds.model.declaration import Declaration, Field, Mapping
from haidang.feeds.model.place import Placer
from haidang.feeds.model.reading import invalid
from haidang.feeds.model.rows import Values, absent, pick, slug, words

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_ID_SIGNS = re.compile(r"[^a-z0-9._:-]+")
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
_RESERVED = {"id", "type", "location", "scope", "createdAt", "modifiedAt", "deletedAt", "observedAt"}


class Mapped(msgspec.Struct, frozen=True):
    """What became of one row."""

    entity: dict[str, Any] | None
    """The NGSI-LD entity (normalised form); None where the row is refused."""
    observed_at: datetime | None = None
    faults: tuple[Fault, ...] = ()
    """Why the row, or single attributes of it, were refused."""
    warnings: tuple[Fault, ...] = ()
    """What was taken all the same, and looks wrong."""


class Mapper:
    """The compiled mapping of one declaration."""

    def __init__(self, declaration: Declaration) -> None:
        mapping = declaration.mapping
        faults = list(_check(mapping))
        self.entity_type = mapping.type
        self._mapping = mapping
        self._id_columns = _PLACEHOLDER.findall(mapping.id)
        self._missing = words(mapping.missing)
        self._cells: list[_Cell] = []
        for name, field in mapping.fields.items():
            try:
                self._cells.append(_Cell(name, field, mapping))
            except Refused as why:
                faults.append(Fault(f"mapping.fields.{name}", why.vi, why.en))
        self._placer: Placer | None = None
        if mapping.location is not None:
            try:
                self._placer = Placer(mapping.location, mapping.numbers)
            except Refused as why:
                faults.append(Fault("mapping.location", why.vi, why.en))
        if faults:
            raise invalid(tuple(faults), declaration.feed)
        observed = mapping.observed_at
        self._zone = ZoneInfo((observed.timezone if observed else None) or mapping.timezone)
        self._not_before = cells.instant(observed.not_before, "iso", UTC_ZONE) if observed else None

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns or paths the mapping reads, each once, in the order of the declaration."""
        observed = self._mapping.observed_at
        found = [*self._id_columns, *((observed.source,) if observed else ())]
        found += [observed.time] if observed and observed.time else []
        found += self._placer.columns if self._placer else ()
        found += [cell.source for cell in self._cells if cell.source is not None]
        return tuple(dict.fromkeys(found))

    def row(self, row: Values, now: datetime) -> Mapped:
        """Map one row, which was received at ``now``."""
        faults: list[Fault] = []
        warnings: list[Fault] = []
        entity_id = self._identifier(row, faults)
        observed_at = self._observed(row, now, faults)
        refused = bool(faults)
        entity: dict[str, Any] = {"id": entity_id, "type": self._mapping.type}
        if self._placer is not None:
            place = self._placer.place(row, self._missing, faults, warnings)
            if place is not None:
                entity["location"] = {"type": "GeoProperty", "value": place}
            refused |= place is None and self._placer.required
        stamp = cells.written(observed_at) if observed_at else None
        for cell in self._cells:
            try:
                value = cell.value(row, self._missing, warnings)
            except Refused as why:
                faults.append(cells.fault(cell.name, why, pick(row, cell.source or "")))
                refused |= cell.required
                continue
            if value is None:
                if cell.required:
                    faults.append(Fault(cell.name, "Thiếu giá trị bắt buộc.", "A required value is missing."))
                    refused = True
                continue
            entity[cell.name] = cell.attribute(value, stamp)
        if not refused and len(entity) == 2:
            faults.append(Fault("", "Dòng không có giá trị nào.", "The row has no value at all."))
            refused = True
        return Mapped(None if refused else entity, observed_at, tuple(faults), tuple(warnings))

    def _identifier(self, row: Values, faults: list[Fault]) -> str:
        parts: dict[str, str] = {}
        for column in self._id_columns:
            raw = pick(row, column)
            try:
                word = "" if absent(raw, self._missing) else slug(cells.text(raw))
            except Refused as why:
                faults.append(cells.fault(column, why, raw))
                continue
            if not word:
                faults.append(
                    Fault(
                        column,
                        "Thiếu giá trị để đặt mã cho thực thể.",
                        "The value that identifies the entity is missing.",
                        None if raw is None else cells.shown(raw),
                    )
                )
            parts[column] = word
        tail = _PLACEHOLDER.sub(lambda found: parts.get(found[1], ""), self._mapping.id)
        return f"urn:ngsi-ld:{self._mapping.type}:{tail}"

    def _observed(self, row: Values, now: datetime, faults: list[Fault]) -> datetime | None:
        observed = self._mapping.observed_at
        if observed is None or self._not_before is None:
            return None
        column, raw = observed.source, pick(row, observed.source)
        try:
            if absent(raw, self._missing):
                raise Refused("Thiếu thời điểm quan trắc.", "The observed time is missing.")
            at = cells.instant(raw, observed.format, self._zone)
            if observed.time is not None:
                day, column, raw = raw, observed.time, pick(row, observed.time)
                if absent(raw, self._missing):
                    raise Refused("Thiếu giờ quan trắc.", "The observed time of day is missing.")
                # Vietnam's clocks never change, so hours may be counted from local midnight.
                midnight = at.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
                at = (midnight + cells.time_of_day(raw)).astimezone(UTC)
                column, raw = observed.source, f"{cells.shown(day)} {cells.shown(raw)}"
            if at > now + timedelta(seconds=observed.ahead):
                raise Refused("Thời điểm quan trắc ở tương lai.", "The observed time lies in the future.")
            if at < self._not_before:
                raise Refused(
                    f"Thời điểm quan trắc trước {observed.not_before}.",
                    f"The observed time is before {observed.not_before}.",
                )
        except Refused as why:
            faults.append(cells.fault(column, why, raw))
            return None
        return at


class _Cell:
    """One attribute: how its cell is read, checked and written."""

    def __init__(self, name: str, field: Field, mapping: Mapping) -> None:
        self.name = name
        self.source = field.source
        self.required = field.required
        self._field = field
        self._numbers = field.numbers or mapping.numbers
        self._zone = _zone(field.timezone or mapping.timezone)
        self._missing = None if field.missing is None else words(field.missing)
        self._values = {fold(word): value for word, value in field.values.items()}
        self._exact = dict(field.values)
        self._unit, self._target = _field_units(field)
        if (field.source is None) == (field.const is msgspec.UNSET):
            raise Refused(
                "Cần đúng một trong hai: from hoặc const.", "Exactly one of from and const is wanted."
            )
        try:
            _check_forms(field.format or "iso")
        except ValueError as cause:
            raise Refused("Dạng thời gian không hợp lệ.", "Not a valid form of time.") from cause
        if field.type != "number" and (field.unit or field.range):
            raise Refused(
                "unit và range chỉ dùng cho type: number.", "unit and range are for type: number only."
            )
        if not _ATTRIBUTE.fullmatch(name) or name in _RESERVED:
            raise Refused(
                "Tên thuộc tính không hợp lệ hoặc đã dành riêng.",
                "Not a valid attribute name, or a reserved one.",
            )

    def value(self, row: Values, missing: frozenset[str], warnings: list[Fault]) -> Any:
        """Return the attribute's value, None where it is missing; raise ``Refused`` where it is wrong."""
        field = self._field
        if field.const is not msgspec.UNSET:
            return self._typed(field.const)
        raw = pick(row, self.source or "")
        if absent(raw, missing if self._missing is None else self._missing):
            return None
        if self._exact:
            raw = self._mapped(raw)
            if raw is None:
                return None
        value = self._typed(raw)
        if field.range is not None and not field.range[0] <= value <= field.range[1]:
            low, high = field.range
            why = Refused(
                f"Giá trị ngoài khoảng {low:g} đến {high:g}.", f"The value is outside {low:g} to {high:g}."
            )
            if field.beyond == "refuse":
                raise why
            warnings.append(cells.fault(self.name, why, raw))
        return value

    def attribute(self, value: Any, stamp: str | None) -> dict[str, Any]:
        """Return the NGSI-LD attribute that carries the value."""
        made: dict[str, Any] = {
            "type": "GeoProperty" if self._field.type == "geo" else "Property",
            "value": value,
        }
        if self._target is not None:
            made["unitCode"] = self._target.code
        if stamp and not self._field.static and self._field.const is msgspec.UNSET:
            made["observedAt"] = stamp
        return made

    def _mapped(self, raw: Any) -> Any:
        word = cells.text(raw)
        if word in self._exact:
            return self._exact[word]
        if fold(word) in self._values:
            return self._values[fold(word)]
        if self._field.others == "keep":
            return raw
        if self._field.others == "missing":
            return None
        raise Refused("Giá trị không có trong bảng đối chiếu.", "The value is not in the table of values.")

    def _typed(self, raw: Any) -> Any:
        match self._field.type:
            case "number":
                value = cells.number(raw, self._numbers, self._unit)
                if self._unit is not None and self._target is not None:
                    value = units.convert(value, self._unit, self._target)
                return value
            case "datetime":
                at = cells.instant(raw, self._field.format or "iso", self._zone)
                return {"@type": "DateTime", "@value": cells.written(at)}
            case "boolean":
                return cells.boolean(raw)
            case "geo":
                return cells.shape(raw)
            case _:
                return cells.text(raw) or None


UTC_ZONE = ZoneInfo("UTC")


def _check(mapping: Mapping) -> Iterator[Fault]:
    """Yield what no row could make good: faults of the mapping itself."""
    if not _ATTRIBUTE.fullmatch(mapping.type):
        yield Fault(
            "mapping.type", "Tên kiểu thực thể không hợp lệ.", "Not a valid entity type.", mapping.type
        )
    rest = _PLACEHOLDER.sub("", mapping.id)
    if not mapping.id or "{" in rest or "}" in rest or _ID_SIGNS.search(rest):
        yield Fault(
            "mapping.id",
            "Mẫu mã chỉ gồm a-z, 0-9, “.”, “_”, “:”, “-” và {cột}.",
            "The template is made of a-z, 0-9, . _ : - and {column}.",
            mapping.id,
        )
    observed = mapping.observed_at
    zones = {
        "mapping.timezone": mapping.timezone,
        "mapping.observed_at.timezone": observed and observed.timezone,
    }
    for place, name in zones.items():
        try:
            _zone(name or "UTC")
        except Refused as why:
            yield cells.fault(place, why, name)
    if observed is not None:
        try:
            cells.instant(observed.not_before, "iso", UTC_ZONE)
            _check_forms(observed.format)
        except (Refused, ValueError):
            yield Fault("mapping.observed_at", "Dạng thời gian không hợp lệ.", "Not a valid form of time.")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as cause:
        raise Refused(f"Không có múi giờ “{name}”.", f"There is no time zone “{name}”.") from cause


def _check_forms(forms: str | tuple[str, ...]) -> None:
    """Raise ``ValueError`` where nothing could be read by one of these forms of time."""
    if not forms:
        raise ValueError(forms)
    for form in (forms,) if isinstance(forms, str) else forms:
        if form in {"iso", "epoch_s", "epoch_ms", "excel"}:
            continue
        sample = datetime(2025, 7, 1, 12, 34, 56, tzinfo=UTC)
        if "%" not in form or sample.strftime(form) == form:
            raise ValueError(form)
        datetime.strptime(sample.strftime(form), form)  # noqa: DTZ007 - only the form is tried


def _field_units(field: Field) -> tuple[units.Unit | None, units.Unit | None]:
    if field.unit is None:
        if field.to is not None:
            raise Refused("Có to mà không có unit.", "There is a to without a unit.")
        return None, None
    source, target = units.find(field.unit), units.find(field.to or field.unit)
    if source is None or target is None:
        unknown = field.unit if source is None else field.to
        raise Refused(f"Không biết đơn vị “{unknown}”.", f"The unit “{unknown}” is not known.")
    if source.quantity != target.quantity:
        raise Refused(
            f"Không đổi được {source.code} sang {target.code}.", f"{source.code} cannot become {target.code}."
        )
    return source, target
