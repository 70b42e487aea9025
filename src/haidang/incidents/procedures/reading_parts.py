"""One mapping of a procedure's file, key by key; what does not fit is noted, and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from haidang.incidents.procedures import conditions
from haidang.incidents.procedures.model.procedure import Role
from haidang.incidents.procedures.model.words import TEXT_MAX, Faults, known_fact

Plain = bool | int | float | str


class Part:
    """A mapping with its place in the file; where a value is wrong a reader returns something harmless."""

    def __init__(
        self, document: Any, faults: Faults, label: str, keys: tuple[str, ...], *, field: str = ""
    ) -> None:
        self.faults = faults
        self.label = label
        self.field = field
        if not isinstance(document, dict):
            self.fault("", "phải là các cặp khóa: giá trị", "must be a mapping", document)
            document = {}
        self.document: dict[Any, Any] = document
        for key in document:
            if key not in keys:
                known = ", ".join(keys)
                self.fault(str(key), f"khóa không có; chỉ nhận: {known}", f"unknown key; known are: {known}")

    def fault(self, field: str, vi: str, en: str, value: object = None) -> None:
        """Note what is wrong with a key."""
        place = ".".join(word for word in (self.field, field) if word)
        self.faults.add(self.label, place, vi, en, value)

    def text(self, key: str, *, pattern: re.Pattern[str] | None = None, needed: bool = True) -> str:
        """Return a text."""
        value = self.document.get(key)
        if value is None and not needed:
            return ""
        if not isinstance(value, str) or not value.strip() or len(value) > TEXT_MAX:
            self.fault(key, "cần một dòng chữ", f"a text of 1 to {TEXT_MAX} characters is needed", value)
            return ""
        if pattern is not None and pattern.fullmatch(value) is None:
            self.fault(key, f"phải có dạng {pattern.pattern}", f"must have the form {pattern.pattern}", value)
            return ""
        return value.strip()

    def whole(self, key: str, least: int, most: int) -> int | None:
        """Return a whole number."""
        value = self.document.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.fault(key, f"cần số nguyên từ {least} đến {most}",
                       f"a whole number from {least} to {most} is needed", value)  # fmt: skip
            return None
        return value

    def minutes(self, key: str) -> int | None:
        """Return a duration in minutes; None where there is none."""
        if key not in self.document:
            return None
        found = conditions.minutes_of(self.document[key])
        if found is None:
            self.fault(key, "cần thời lượng như “20 minutes”", "a duration is needed, such as “20 minutes”",
                       self.document[key])  # fmt: skip
        return found

    def word(self, key: str, known: tuple[str, ...]) -> str | None:
        """Return a word of a closed list; None where there is none."""
        value = self.document.get(key)
        if value is None or value in known:
            return value
        words = ", ".join(known)
        self.fault(key, f"một trong: {words}", f"one of: {words}", value)
        return None

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self.document.get(key, [])
        if not isinstance(value, list) or any(not isinstance(each, str) for each in value):
            self.fault(key, "cần danh sách", "a list of words is needed", value)
            return ()
        if len(set(value)) != len(value):
            self.fault(key, "có phần tử lặp", "something stands twice", value)
        return tuple(value)

    def listed(self, key: str, least: int, most: int) -> list[Any]:
        """Return a list of anything, of a bounded length."""
        value = self.document.get(key)
        if not isinstance(value, list) or not least <= len(value) <= most:
            self.fault(key, f"cần danh sách {least}–{most} phần tử", f"a list of {least} to {most} is needed")
            return value[:most] if isinstance(value, list) else []
        return value

    def mapping(self, key: str) -> dict[Any, Any]:
        """Return a mapping; empty where there is none."""
        value = self.document.get(key, {})
        if not isinstance(value, dict):
            self.fault(key, "phải là các cặp khóa: giá trị", "must be a mapping", value)
            return {}
        return value

    def role(self, key: str, roles: Mapping[str, Role], *, needed: bool = False) -> str | None:
        """Return a role's word."""
        value = self.document.get(key)
        if value is None:
            if needed or key in self.document:
                self.fault(key, "cần tên vai", "a role is needed")
            return None
        if not isinstance(value, str) or value not in roles:
            self.fault(key, "không có vai này", "there is no such role", value)
            return None
        return value

    def condition(self, key: str, *, spaces: tuple[str, ...] = (), needed: bool = False) -> str | None:
        """Return a condition whose every name is a fact that can be asked."""
        value = self.document.get(key)
        if value is None and not needed and key not in self.document:
            return None
        if not isinstance(value, str):
            self.fault(key, "cần một điều kiện", "a condition is needed", value)
            return None
        try:
            names = conditions.names_of(value)
        except conditions.Unreadable as cause:
            self.fault(key, cause.vi, cause.en, value)
            return None
        for name in sorted(names):
            if not known_fact(name) or (spaces and name.partition(".")[0] not in spaces):
                self.fault(key, f"không có dữ kiện “{name}”", f"there is no fact {name!r}", value)
        return value

    def plain(self, key: str) -> Plain | None:
        """Return a number, a text, true or false."""
        value = self.document.get(key)
        if not isinstance(value, bool | int | float | str):
            self.fault(key, "cần số, chữ, true hoặc false", "a number, text, true or false is needed", value)
            return None
        return value

    def facts(self, key: str) -> dict[str, Plain]:
        """Return facts by name."""
        found: dict[str, Plain] = {}
        for name, value in self.mapping(key).items():
            if not isinstance(name, str) or not known_fact(name):
                self.fault(key, f"không có dữ kiện “{name}”", f"there is no fact {name!r}")
            elif not isinstance(value, bool | int | float | str):
                self.fault(key, "giá trị là số, chữ, true hoặc false", "a plain value is needed", name)
            else:
                found[name] = value
        return found
