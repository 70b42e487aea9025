"""Reading a declaration: YAML in, a :class:`Declaration` out, or every fault with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from haidang.base.problems import Fault, Problem, kind
from haidang.feeds.model.declaration import Declaration, Field, decode_hook, encode_hook

DECLARATION_INVALID = kind(
    "feed-declaration-invalid",
    422,
    "Khai báo nguồn dữ liệu không hợp lệ",
    "The feed's declaration is not valid",
)
SIZE_MAX = 1 << 20
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_PLACE = re.compile(r"(?s)(?P<what>.*?)(?: - at `\$\.?(?P<place>.*)`)?")
_WORDINGS = (
    (
        re.compile(r"Object contains unknown field `(.*)`"),
        "Không có khóa nào tên như vậy.",
        "There is no such key.",
    ),
    (
        re.compile(r"Object missing required field `(.*)`"),
        "Thiếu khóa bắt buộc.",
        "A required key is missing.",
    ),
    (
        re.compile(r"Expected `(.*)`, got `(.*)`"),
        "Sai kiểu: cần {0}, gặp {1}.",
        "Wrong type: {0} wanted, {1} found.",
    ),
    (re.compile(r"Invalid enum value (.*)"), "Giá trị {0} không được phép.", "The value {0} is not allowed."),
    (re.compile(r"Invalid value (.*)"), "Giá trị {0} không được phép.", "The value {0} is not allowed."),
    (
        re.compile(r"Expected a duration.*"),
        "Cần một khoảng thời gian như 30s, 5m, 1h hoặc 2d.",
        "A duration such as 30s, 5m, 1h or 2d is wanted.",
    ),
)


def read(text: str | bytes, *, name: str = "") -> Declaration:
    """Decode the YAML of one feed; raise ``Problem`` that names each fault with its line."""
    raw, lines = _load(text, name)
    source = raw.get("source")
    if isinstance(source, dict) and "kind" not in source:
        raw["source"] = {"kind": raw.get("kind", "file"), **source}
    faults = list(_take_bad_fields(raw))
    declaration = _convert(raw, faults)
    if declaration is not None and not NAME.fullmatch(declaration.feed):
        faults.append(
            Fault(
                "feed",
                "Tên nguồn chỉ gồm a-z, 0-9 và dấu gạch nối, tối đa 63 ký tự.",
                "A feed's name is made of a-z, 0-9 and hyphens, 63 characters at most.",
                declaration.feed,
            )
        )
    if faults or declaration is None:
        raise invalid(tuple(_with_line(fault, lines) for fault in faults), name)
    return declaration


def read_file(path: Path) -> Declaration:
    """Read the declaration in a file; raise ``Problem`` where it cannot be read or is not valid."""
    try:
        with path.open("rb") as file:
            text = file.read(SIZE_MAX + 1)
    except OSError as cause:
        vi, en = f"Không đọc được tệp: {cause.strerror}.", f"The file cannot be read: {cause.strerror}."
        raise invalid((Fault("", vi, en),), str(path)) from cause
    return read(text, name=path.name)


def write(declaration: Declaration) -> bytes:
    """Return the declaration as the JSON that is kept in the database; :func:`restore` reads it."""
    return msgspec.json.encode(declaration, enc_hook=encode_hook)


def restore(kept: bytes | str) -> Declaration:
    """Read what :func:`write` wrote."""
    return msgspec.json.decode(kept, type=Declaration, dec_hook=decode_hook)


def invalid(faults: tuple[Fault, ...], name: str = "") -> Problem:
    """Return the refusal of a declaration, naming its faults."""
    where = f" {name}" if name else ""
    return Problem(
        DECLARATION_INVALID,
        f"Khai báo{where} có {len(faults)} lỗi.",
        f"The declaration{where} has {len(faults)} fault(s).",
        faults=faults,
    )


def _load(text: str | bytes, name: str) -> tuple[dict[str, Any], yaml.Node]:
    if len(text) > SIZE_MAX:
        raise invalid((Fault("", "Tệp lớn hơn 1 MiB.", "The file is over 1 MiB."),), name)
    try:
        # An alias may refer to itself or multiply a small file a millionfold; no declaration needs one.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            fault = Fault("", "Không dùng bí danh (*) của YAML.", "YAML aliases (*) are not accepted.")
            raise invalid((fault,), name)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.load(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as cause:
        mark = getattr(cause, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else ""
        what = str(getattr(cause, "problem", None) or cause)
        raise invalid(
            (Fault(line, f"Không đúng cú pháp YAML: {what}", f"Not valid YAML: {what}"),), name
        ) from cause
    if not isinstance(raw, dict) or node is None or not all(isinstance(key, str) for key in raw):
        raise invalid(
            (Fault("", "Khai báo phải là các khóa và giá trị.", "A mapping of keys is wanted."),), name
        )
    doubled = tuple(
        Fault(place, "Khóa xuất hiện hai lần.", "The key stands here twice.") for place in _doubled(node, "")
    )
    if doubled:
        raise invalid(tuple(_with_line(fault, node) for fault in doubled), name)
    return raw, node


def _take_bad_fields(raw: dict[str, Any]) -> Iterator[Fault]:
    """Yield the fault of each attribute on its own and take it out, so that all are named at once."""
    mapping = raw.get("mapping")
    fields = mapping.get("fields") if isinstance(mapping, dict) else None
    if not isinstance(fields, dict):
        return
    for key, value in list(fields.items()):
        try:
            msgspec.convert(value, Field, dec_hook=decode_hook)
        except msgspec.ValidationError as error:
            yield _fault(str(error), f"mapping.fields.{key}")
            del fields[key]


def _convert(raw: dict[str, Any], faults: list[Fault]) -> Declaration | None:
    """Decode, going on past unknown keys so that all are named; None where something else is wrong."""
    while True:
        try:
            return msgspec.convert(raw, Declaration, dec_hook=decode_hook)
        except msgspec.ValidationError as error:
            fault = _fault(str(error), "")
            faults.append(fault)
            if "unknown field" not in str(error) or not _remove(raw, fault.field):
                return None


def _fault(message: str, prefix: str) -> Fault:
    found = _PLACE.fullmatch(message)
    what, place = (found["what"], found["place"] or "") if found else (message, "")
    vi, en = what, what
    for pattern, wording_vi, wording_en in _WORDINGS:
        match = pattern.fullmatch(what)
        if match:
            vi, en = wording_vi.format(*match.groups()), wording_en.format(*match.groups())
            if "Object" in pattern.pattern:
                place = f"{place}.{match[1]}" if place else match[1]
            break
    return Fault(".".join(part for part in (prefix, place) if part), vi, en)


def _remove(raw: dict[str, Any], place: str) -> bool:
    *parents, last = place.split(".")
    part: Any = raw
    for parent in parents:
        part = part.get(parent) if isinstance(part, dict) else None
    return isinstance(part, dict) and part.pop(last, None) is not None


def _doubled(node: yaml.Node, place: str) -> Iterator[str]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _doubled(item, place)
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            here = f"{place}.{key.value}" if place else str(key.value)
            if key.value in seen:
                yield here
            seen.add(key.value)
            yield from _doubled(value, here)


def _with_line(fault: Fault, root: yaml.Node) -> Fault:
    """Add the line at which the faulty key, or the part that lacks it, stands."""
    node, line = root, root.start_mark.line
    for part in fault.field.split("."):
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        found = next(((key, value) for key, value in pairs if key.value == part.split("[")[0]), None)
        if found is None:
            break
        line, node = found[0].start_mark.line, found[1]
    where = f"dòng {line + 1}", f"line {line + 1}"
    return msgspec.structs.replace(fault, vi=f"{fault.vi} ({where[0]})", en=f"{fault.en} ({where[1]})")
