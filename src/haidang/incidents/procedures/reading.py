"""Reads a procedure's file and names everything that is wrong in it: file, step, field, in both languages.

The keys are a closed list (``model.words``). A misspelt key would otherwise be a step without its time limit,
found out at night.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from haidang.base.problems import Fault
from haidang.incidents.procedures.model.procedure import Procedure, Role, Rung, Sample, Step
from haidang.incidents.procedures.model.words import (
    ID,
    NAME,
    PROCEDURE_KEYS,
    RUNG_KEYS,
    SAMPLE_KEYS,
    SAMPLES_MAX,
    STEP_KEYS,
    STEPS_MAX,
    Faults,
)  # fmt: skip
from haidang.incidents.procedures.reading_actions import actions_of
from haidang.incidents.procedures.reading_parts import Part
from haidang.incidents.procedures.samples import sample_faults

EVIDENCE = ("text", "photo", "document")


def read_procedure(
    path: Path, sector: str, roles: Mapping[str, Role]
) -> tuple[Procedure | None, tuple[Fault, ...]]:
    """Return a file's procedure, None with the faults where it has any."""
    faults = Faults(f"{sector}/{path.name}")
    document = _document(path, faults)
    if faults.found:
        return None, tuple(faults.found)
    found = procedure_of(document, sector, roles, faults, stem=path.stem)
    return found, tuple(faults.found)


def procedure_of(
    document: Any, sector: str, roles: Mapping[str, Role], faults: Faults, *, stem: str | None = None
) -> Procedure | None:
    """Return the procedure of a document; None where ``faults`` has got any."""
    top = Part(document, faults, "", PROCEDURE_KEYS)
    name = top.text("procedure", pattern=NAME)
    if stem is not None and name and stem != name:
        top.fault("procedure", "phải trùng tên tệp", "must be the file's name", name)
    version = top.whole("version", 1, 1_000_000) or 0
    vi, en = top.text("vi"), top.text("en")
    applies = top.condition("applies_when", spaces=("incident", "facts"), needed=True)
    steps = _steps(top, roles)
    samples = _samples(top, [step.id for step in steps])
    if faults.found:
        return None
    found = Procedure(
        procedure=name, version=version, vi=vi, en=en, sector=sector, applies_when=applies or "",
        steps=tuple(steps), samples=tuple(samples),
    )  # fmt: skip
    sample_faults(found, faults)
    return None if faults.found else found


def _steps(top: Part, roles: Mapping[str, Role]) -> list[Step]:
    documents = top.listed("steps", 1, STEPS_MAX)
    steps: list[Step] = []
    for number, document in enumerate(documents, 1):
        given = document.get("id") if isinstance(document, dict) else None
        label = given if isinstance(given, str) else f"#{number}"
        steps.append(_step(Part(document, top.faults, label, STEP_KEYS), roles))
    _check_order(steps, top.faults)
    return steps


def _step(part: Part, roles: Mapping[str, Role]) -> Step:
    role, approve = part.role("role", roles), part.role("approve", roles)
    within = part.minutes("within")
    actions = actions_of(part, roles, approved=approve is not None)
    rungs = _rungs(part, roles)
    evidence = part.word("evidence", EVIDENCE) or "text"
    if "role" not in part.document:
        if not actions:
            part.fault("role", "cần vai, hoặc hành động tự động", "needs a role, or an action")
        for name in ("within", "on_late", "evidence", "approve"):
            if name in part.document:
                part.fault(name, "không dùng với bước tự động", "has no sense in an automatic step")
    if rungs and "within" not in part.document:
        part.fault("on_late", "cần có within", "needs within")
    return Step(
        id=part.text("id", pattern=ID), vi=part.text("vi"), en=part.text("en"), role=role,
        needs=part.words("needs"), when=part.condition("when"), within=within, on_late=rungs,
        evidence=evidence, approve=approve, actions=actions,  # type: ignore[arg-type]
    )  # fmt: skip


def _rungs(part: Part, roles: Mapping[str, Role]) -> tuple[Rung, ...]:
    given = part.document.get("on_late")
    if given is None:
        return ()
    found = []
    for each in given if isinstance(given, list) else [given]:
        rung = Part(each, part.faults, part.label, RUNG_KEYS, field="on_late")
        to = rung.role("escalate_to", roles, needed=True)
        found.append(Rung(to or "", rung.minutes("after") or 0))
    if [each.after for each in found] != sorted({each.after for each in found}):
        part.fault("on_late", "mỗi bậc phải muộn hơn bậc trước", "each rung comes later than the one before")
    return tuple(found)


def _check_order(steps: list[Step], faults: Faults) -> None:
    """Note ids that come twice, needs that are no steps, and circles."""
    known = {step.id: step for step in steps}
    seen: set[str] = set()
    for step in steps:
        if step.id in seen:
            faults.add(step.id, "id", "trùng mã bước", "stands twice", step.id)
        seen.add(step.id)
        for need in step.needs:
            if need not in known or need == step.id:
                faults.add(step.id, "needs", "không có bước này", "there is no such step", need)
    for step in steps:
        if _reaches(known, step.id, step.needs):
            faults.add(step.id, "needs", "các bước chờ nhau vòng tròn", "the steps wait for each other")
            return


def _reaches(known: Mapping[str, Step], goal: str, needs: Iterable[str]) -> bool:
    ahead, passed = list(needs), set[str]()
    while ahead:
        name = ahead.pop()
        if name == goal:
            return True
        if name in known and name not in passed:
            passed.add(name)
            ahead += known[name].needs
    return False


def _samples(top: Part, steps: list[str]) -> list[Sample]:
    found: list[Sample] = []
    for number, document in enumerate(top.listed("samples", 2, SAMPLES_MAX), 1):
        part = Part(document, top.faults, f"samples[{number}]", SAMPLE_KEYS)
        facts = part.facts("facts")
        answered = part.mapping("answered")
        lists = {
            name: part.words(name) if name in part.document else None
            for name in ("done", "skipped", "open", "asked", "unneeded", "waiting")
        }
        for name, words in (*lists.items(), ("answered", tuple(answered))):
            for word in words or ():
                if word not in steps:
                    part.fault(name, "không có bước này", "there is no such step", word)
        if any(not isinstance(value, bool) for value in answered.values()):
            part.fault("answered", "chỉ true hoặc false", "true or false only")
        applies = part.document.get("applies")
        if not isinstance(applies, bool):
            part.fault("applies", "cần true hoặc false", "true or false is needed")
        elif applies and lists["open"] is None:
            part.fault("open", "cần nêu các bước đang mở", "the steps that are open are needed")
        found.append(
            Sample(
                facts=facts,
                applies=bool(applies),
                says=str(part.document.get("says", "")),
                done=lists["done"] or (),
                skipped=lists["skipped"] or (),
                answered=answered,
                open=lists["open"],
                asked=lists["asked"],
                unneeded=lists["unneeded"],
                waiting=lists["waiting"],
            )
        )
    if {each.applies for each in found} == {True} or {each.applies for each in found} == {False}:
        top.fault("samples", "cần mẫu áp dụng và mẫu không áp dụng",
                  "one that applies and one that does not are needed")  # fmt: skip
    return found


def read_roles(path: Path, sector: str) -> tuple[dict[str, Role], tuple[Fault, ...]]:
    """Return the roles of a file, and what is wrong in it."""
    faults = Faults(f"{sector}/{path.name}")
    document = _document(path, faults)
    if faults.found:
        return {}, tuple(faults.found)
    found = {}
    for word, words in Part(document, faults, "", ("roles",)).mapping("roles").items():
        part = Part(words, faults, str(word), ("vi", "en"))
        if not (isinstance(word, str) and ID.fullmatch(word)):
            part.fault("", "tên vai không hợp lệ", "not a role's word", word)
            continue
        found[word] = Role(word, part.text("vi"), part.text("en"))
    return found, tuple(faults.found)


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice: YAML would silently take the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.YAMLError(f"the key {key.value!r} stands twice, line {key.start_mark.line + 1}")
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def _document(path: Path, faults: Faults) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a safe loader, and stricter
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as cause:
        said = " ".join(str(cause).split())
        faults.add("", "", f"không đọc được tệp: {said}", f"cannot be read: {said}")
        return None


def digest(procedure: Procedure) -> bytes:
    """Return what a procedure says, in one form; equal texts have equal bytes."""
    return msgspec.json.encode(procedure, order="deterministic")
