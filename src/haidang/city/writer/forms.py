"""Rules on attributes in full: every attribute a list of long forms. The careful path beside the fast one.

Pure functions. ``Full`` maps the key of an attribute to its instances; "d" tells instances apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from haidang.base.problems import Problem
from haidang.city.items import NULL, Row, bad, encode, numeric_column, pack_floats, shorten
from haidang.city.model import Kind
from haidang.city.represent import Stored
from haidang.city.terms import Terms
from haidang.city.times import NEVER

Long = dict[str, Any]
Full = dict[str, list[Long]]
Touched = list[tuple[str, Long]]
"""Instances that history must record: (key, long form); ``{"d": …, "v": None}`` for a deleted one."""


def full_of(doc: dict[str, Stored], static: dict[str, Stored]) -> Full:
    """Return all attributes of both documents in long form, fresh lists and shallow copies."""
    at = doc.get("@")
    found: Full = {}
    for source, time in ((static, None), (doc, at)):
        for key, stored in source.items():
            if key not in {"@", "scope"}:
                found[key] = longs(stored, time)
    return found


def longs(stored: Stored, at: int | None) -> list[Long]:
    """Return the long forms of one stored attribute."""
    if type(stored) is dict:
        return [dict(one) for one in stored["m"]] if "m" in stored else [dict(stored)]
    long: Long = {"v": stored[0], "u": stored[1]} if type(stored) is list else {"v": stored}
    if at is not None:
        long["o"] = at
    return [long]


def documents_of(full: Full, scope: Stored | None) -> tuple[dict[str, Stored], dict[str, Stored]]:
    """Return (doc, static) of all attributes; the most frequent time becomes the common one."""
    times = Counter(found[0]["o"] for found in full.values() if len(found) == 1 and "o" in found[0])
    common = max(times, key=lambda time: (times[time], time)) if times else None
    static: dict[str, Stored] = {} if scope is None else {"scope": scope}
    observed: dict[str, Stored] = {}
    for key, found in full.items():
        if len(found) > 1:
            target = observed if any("o" in one for one in found) else static
            target[key] = {"m": found}
        elif "o" in found[0]:
            observed[key] = shorten(found[0], common)
        else:
            static[key] = shorten(found[0])
    if not observed:
        return {}, static
    if common is None:
        common = max(one["o"] for found in full.values() for one in found if "o" in one)
    return {"@": common, **observed}, static


def newest(doc: dict[str, Stored]) -> int:
    """Return the newest observation time in a document, NEVER where nothing is observed."""
    at: int = doc.get("@", NEVER)
    for stored in doc.values():
        if type(stored) is dict:
            for one in stored.get("m", (stored,)):
                at = max(at, one.get("o", NEVER))
    return at


def rows_of(terms: Terms, touched: Touched) -> list[Row]:
    """Return the rows of history for what was touched: one for each distinct time."""
    by_time: dict[int | None, tuple[list[int], list[Any], dict[str, Any]]] = {}
    for key, one in touched:
        columns, flat, rest = by_time.setdefault(one.get("o"), ([], [], {}))
        column = None if one["v"] is None else numeric_column(terms, key, one)
        if column is not None:
            columns.append(column.no)
            flat += (8, one["v"])
        elif one["v"] is None and "d" not in one:
            rest[key] = None
        elif key in rest or "d" in one:
            before = rest.get(key)
            many = [] if before is None else longs(before, one.get("o"))
            rest[key] = {"m": [*many, one]}
        else:
            rest[key] = shorten(one, one.get("o"))
    return [
        Row(at, tuple(columns), pack_floats(flat), rest or None)
        for at, (columns, flat, rest) in by_time.items()
    ]


def one_write(kind: Kind, rows: list[Row]) -> list[tuple[Kind, Row]]:
    """Return the rows of one write with their kinds; those that follow the first say so (``"@f"``)."""
    follow: dict[str, Any] = {"@f": 1}
    return [
        (Kind.UPDATE, Row(row.at, row.columns, row.floats, follow | (row.rest or {}))) if no else (kind, row)
        for no, row in enumerate(rows)
    ]


def overwrite(full: Full, incoming: Full, *, last_wins: bool) -> Touched:
    """Put instances in place of those with the same datasetId; an older one only goes to history."""
    touched: Touched = []
    for key, news in incoming.items():
        found = full.get(key, [])
        for one in news:
            old = instance(found, one.get("d"))
            if old == one:
                continue
            touched.append((key, one))
            if old is None:
                found = sorted([*found, one], key=lambda each: "d" in each)
            elif last_wins or "o" not in one or one["o"] >= old.get("o", NEVER):
                found = [one if each is old else each for each in found]
        full[key] = found
    return touched


def merge(full: Full, key: str, fragment: Long, missing: Callable[[], Problem] | None) -> Touched:
    """Merge a fragment into its instance (RFC 7396, with the NGSI-LD null).

    ``missing`` makes the refusal where there is no such instance; None creates it. A partial update, which
    never creates, replaces whole members (5.5.8); a merge goes into them as deep as they go (5.5.12).
    """
    found = full.get(key, [])
    old = instance(found, fragment.get("d"))
    if old is None and missing is not None:
        raise missing()
    if fragment.get("v") in (NULL, {"@none": NULL}):
        return remove(full, key, [old]) if old is not None else []
    merged = _merge_long(old or {}, fragment, deep=missing is None)
    if "v" not in merged:
        raise bad("Thuộc tính mới thiếu giá trị.", "A new attribute needs a value.")
    if merged == old:
        return []
    if old is None:
        full[key] = sorted([*found, merged], key=lambda each: "d" in each)
    else:
        full[key] = [merged if each is old else each for each in found]
    return [(key, merged)]


def remove(full: Full, key: str, instances: Iterable[Long]) -> Touched:
    """Take instances away; history records each, or the attribute when none is left."""
    gone = list(instances)
    left = [one for one in full[key] if not any(one is each for each in gone)]
    if left:
        full[key] = left
        return [(key, {"v": None, "d": one.get("d", "@none")}) for one in gone]
    del full[key]
    return [(key, {"v": None})]


def instance(found: list[Long], dataset: str | None) -> Long | None:
    """Return the instance with this datasetId (None: the default one)."""
    return next((one for one in found if one.get("d") == dataset), None)


def _merge_long(old: Long, fragment: Long, *, deep: bool) -> Long:
    merged = dict(old)
    if "k" in fragment or ("v" in fragment and not old):
        if fragment.get("k") != old.get("k") and "v" in fragment:
            merged.pop("v", None)
        if "k" in fragment:
            merged["k"] = fragment["k"]
    for part, value in fragment.items():
        if part == "s":
            merged["s"] = _merge_subs(old.get("s", {}), value, deep=deep)
            if not merged["s"]:
                del merged["s"]
        elif part == "v" and type(value) is dict and deep:
            merged["v"] = _merge_value(merged.get("v"), value) if merged.get("k") != "G" else value
        elif value == NULL:
            merged.pop(part, None)
        elif part == "x":
            merged["x"] = _merge_value(old.get("x"), value)
            if not merged["x"]:
                del merged["x"]
        else:
            merged[part] = value
    return merged


def _merge_subs(old: dict[str, Stored], fragments: dict[str, Any], *, deep: bool) -> dict[str, Stored]:
    merged = dict(old)
    for key, fragment in fragments.items():
        if type(fragment) is dict and "m" in fragment:
            merged[key] = fragment
            continue
        if fragment.get("v") == NULL:
            merged.pop(key, None)
            continue
        before = longs(merged[key], None)[0] if key in merged and (deep or "v" not in fragment) else {}
        after = _merge_long(before, fragment, deep=deep)
        if "v" not in after:
            raise bad("Thuộc tính con mới thiếu giá trị.", "A new sub-attribute needs a value.")
        merged[key] = shorten(after)
    return merged


def _merge_value(old: Any, patch: Any) -> Any:
    if type(patch) is not dict:
        return patch
    merged = dict(old) if type(old) is dict else {}
    for key, value in patch.items():
        if value == NULL:
            merged.pop(key, None)
        else:
            merged[key] = _merge_value(merged.get(key), value)
    return merged


def encoded(doc: dict[str, Stored]) -> bytes:
    """Encode a document; the empty one is ``{}``."""
    return encode(doc) if doc else b"{}"
