"""Reading rules from packs: all of them, or faults that name file, rule and field in both languages.

A pack's rules stand in ``<folder>/<sector>/rules.yaml``; folders come in order, later ones override by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import yaml

from haidang.alerts.rules import checking, sampled
from haidang.alerts.rules.duration import FORM, Duration, duration
from haidang.alerts.rules.model import Rule, Rules
from haidang.base.problems import Fault, Problem, kind

BAD_RULES = kind("bad-alert-rules", 422, "Quy tắc cảnh báo không hợp lệ", "Alert rules are not valid")
RULES_MAX = 20_000
DEPTH_MAX = 50
# The one in C reads thousands of rules in a second.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FILE = "rules.yaml"


class Reading(NamedTuple):
    """What was read: the sound rules, and what is wrong with the others."""

    rules: Rules
    faults: tuple[Fault, ...]


def load_rules(folders: Iterable[Path]) -> Rules:
    """Read all rules; raise ``Problem`` (bad-alert-rules) with every fault where there is any."""
    found = read_rules(folders)
    if found.faults:
        raise refusal(found.faults)
    return found.rules


def refusal(faults: tuple[Fault, ...]) -> Problem:
    """Return the refusal of faulty rules, naming the first."""
    first = faults[0]
    return Problem(
        BAD_RULES,
        f"{len(faults)} lỗi; lỗi đầu: {first.field}: {first.vi}",
        f"{len(faults)} faults; the first: {first.field}: {first.en}",
        faults=faults,
    )


def read_rules(folders: Iterable[Path]) -> Reading:
    """Read all rules; a faulty one is left out and named, the others stand."""
    rules: dict[str, Rule] = {}
    faults: list[Fault] = []
    for folder in folders:
        for file in files([folder]):
            read = read_file(file)
            faults += read.faults
            rules |= read.rules.by_name
    if len(rules) > RULES_MAX:
        faults.append(Fault("rules", f"quá {RULES_MAX} quy tắc", f"more than {RULES_MAX} rules"))
    return Reading(Rules(rules), tuple(faults))


def read_file(file: Path) -> Reading:
    """Read one file."""
    where = f"{file.parent.name}/{file.name}"
    try:
        body = _loaded(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as cause:
        text = " ".join(str(cause).split())
        return Reading(Rules({}), (Fault(where, f"không đọc được tệp: {text}", f"cannot be read: {text}"),))
    return read_text(body, where, file.parent.name)


def _loaded(text: str) -> Any:
    """Read YAML; ``RecursionError`` where it nests so deeply that the reader in C would fall."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH_MAX:
                raise RecursionError(f"nested more than {DEPTH_MAX} deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return yaml.load(text, _LOADER)  # noqa: S506 - a safe one


def read_text(body: Any, where: str, sector: str = "") -> Reading:
    """Read what a file says; ``where`` names it in faults."""
    if not isinstance(body, dict) or not isinstance(body.get("rules"), list) or set(body) != {"rules"}:
        wrong = Fault(
            where, "cần đúng một khóa `rules` là danh sách", "needs the one key `rules`, which is a list"
        )
        return Reading(Rules({}), (wrong,))
    rules: dict[str, Rule] = {}
    faults: list[Fault] = []
    for number, one in enumerate(body["rules"], 1):
        name = one.get("rule") if isinstance(one, dict) else None
        place = f"{where} {name if isinstance(name, str) else f'#{number}'}"
        rule, wrong_here = read_rule(one, sector)
        faults += [
            Fault(f"{place}{': ' if each.field else ''}{each.field}", each.vi, each.en, each.value)
            for each in wrong_here
        ]
        if rule is None or wrong_here:
            continue
        if rule.rule in rules:
            faults.append(Fault(place, "trùng tên trong cùng tệp", "the name stands twice in this file"))
        rules[rule.rule] = rule
    return Reading(Rules(rules), tuple(faults))


def read_rule(body: Any, sector: str = "") -> tuple[Rule | None, list[Fault]]:
    """Return one rule and what is wrong with it; None where it has no shape at all."""
    if not isinstance(body, dict):
        return None, [Fault("", "phải là một đối tượng", "must be an object")]
    plain = dict(body)
    samples = plain.pop("samples", None)
    if isinstance(plain.get("mode"), bool):  # YAML reads on and off as truths
        plain["mode"] = "on" if plain["mode"] else "off"
    if "sector" in plain:
        return None, [Fault("sector", "không có khóa này", "there is no such key")]
    try:
        rule = msgspec.convert(plain, Rule, dec_hook=_hook)
    except msgspec.ValidationError as cause:
        return None, [_translated(str(cause))]
    faults = list(checking.faults_of(rule))
    read, wrong = sampled.samples_of(samples, rule.type)
    return msgspec.structs.replace(rule, samples=read, sector=sector), faults + wrong


def _hook(wanted: type, value: Any) -> Any:
    if wanted is Duration:
        return duration(value)
    raise NotImplementedError(wanted)


def written(part: Any) -> Any:
    """Return a rule, or a part of one, as packs write it; without samples."""
    if isinstance(part, Duration):
        return str(part)
    if isinstance(part, tuple):
        return [written(one) for one in part]
    if not isinstance(part, msgspec.Struct):
        return part
    return {
        field.encode_name: written(value)
        for field in msgspec.structs.fields(part)
        if (value := getattr(part, field.name)) != field.default and field.name not in ("samples", "sector")
    }


def converted(body: Any, shape: type[Any]) -> Any:
    """Convert a part of a rule, such as what an override changes; ``Problem`` where it does not fit."""
    try:
        return msgspec.convert(body, shape, dec_hook=_hook)
    except msgspec.ValidationError as cause:
        raise refusal((_translated(str(cause)),)) from cause


_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"Object missing required field `(.+?)`"), "thiếu trường `{0}`"),
    (re.compile(r"Object contains unknown field `(.+?)`"), "không có trường `{0}`"),
    (re.compile(r"Expected `(.+?)`, got `(.+?)`"), "cần {0}, nhận được {1}"),
    (re.compile(r"Invalid enum value (.+)"), "giá trị không có trong danh sách: {0}"),
    (re.compile(r"Expected `(.+?)` (>=|<=|>|<) (\S+)"), "cần {0} {1} {2}"),
    (re.compile(r"Expected `str` matching regex '(.+)'"), "không đúng dạng {0}"),
    (re.compile(r"Expected `(.+?)` of length (.+)"), "cần {0} có độ dài {1}"),
    (re.compile(r"(.+) is not a duration such as (.+)"), "{0} không phải khoảng thời gian, ví dụ {1}"),
)


def _translated(message: str) -> Fault:
    """Return a fault of structure in both languages, with its place."""
    text, _, path = message.partition(" - at `")
    place = path.rstrip("`").removeprefix("$").removeprefix(".")
    missing = re.match(r"Object (?:missing required|contains unknown) field `(.+?)`", text)
    if missing:
        place = f"{place}.{missing[1]}" if place else missing[1]
    for form, vi in _WORDS:
        found = form.match(text)
        if found:
            return Fault(place, vi.format(*found.groups()), text)
    return Fault(place, f"không hợp lệ: {text}", text)


def schema() -> dict[str, Any]:
    """Return the grammar of ``rules.yaml`` as JSON Schema (what samples look like is in the docs)."""

    def hook(shape: type) -> dict[str, Any]:
        if shape is Duration:
            return {"type": "string", "pattern": FORM, "examples": ["5 minutes"]}
        raise NotImplementedError(shape)

    body = msgspec.json.schema(Rule, schema_hook=hook)
    rule = body["$defs"]["Rule"]
    for key in ("sector", "samples"):
        rule["properties"].pop(key, None)
    rule["properties"]["samples"] = {"type": "array", "items": {"type": "object"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"rules": {"type": "array", "items": {"$ref": "#/$defs/Rule"}}},
        "required": ["rules"],
        "additionalProperties": False,
        "$defs": {
            name: one for name, one in body["$defs"].items() if name not in ("Sample", "Change", "Usual")
        },
    }


def files(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the files that rules are read from, in their order."""
    for folder in folders:
        yield from sorted(folder.glob(f"*/{FILE}"))
