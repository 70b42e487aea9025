"""Whether a package has the structure of its standard: what must be there, of which kind, what must resolve.

The published JSON Schemas are large and not shipped; these are their rules over the fields that we write, and
two that no schema says: every reference to a party resolves, and identifiers are unique.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

_STATUS = {
    "identification", "preparation", "implementation", "completion", "maintenance", "cancelled", "suspended",
    "completed",
}  # fmt: skip
_MILESTONE_TYPES = {
    "preProcurement", "approval", "engagement", "assessment", "delivery", "reporting", "financing",
}  # fmt: skip
_CODES: Mapping[str, set[str]] = {
    "currency": {"VND"},
    "procurementMethod": {"open", "selective", "limited", "direct"},
    "mainProcurementCategory": {"goods", "works", "services"},
}
_DATES = frozenset({
    "updated", "publishedDate", "date", "startDate", "endDate", "approvalDate", "datePublished", "dueDate",
    "dateMet", "dateSigned", "newEndDate", "endedOn",
})  # fmt: skip
_REFERENCES = frozenset({"publicAuthority", "sourceParty", "payer", "payee", "procuringEntity", "buyer"})
_URI = re.compile(r"^https?://\S+$")
Place = tuple[str | int, ...]


def oc4ids(package: dict[str, Any]) -> list[str]:
    """Return what is wrong with a package of projects; empty where it is sound."""
    found = _package(package, "projects", r"^\d+\.\d+$")
    for number, project in enumerate(package.get("projects", [])):
        at: Place = ("projects", number)
        found += _needs(project, at, id=str)
        found += _one_of(project, at, "status", _STATUS)
        found += _resolves(project, at)
        for index, process in enumerate(project.get("contractingProcesses", [])):
            found += _needs(process, (*at, "contractingProcesses", index), id=str)
            summary = process.get("summary", {})
            where = (*at, "contractingProcesses", index, "summary")
            found += _one_of(summary, where, "status", {"pre-award", "active", "closed"})
        for path, milestone in _each(project, at, "milestones"):
            found += _milestone(milestone, path)
    return found + _common(package)


def ocds(package: dict[str, Any]) -> list[str]:
    """Return what is wrong with a package of releases; empty where it is sound."""
    found = _package(package, "releases", r"^1\.1$")
    for number, release in enumerate(package.get("releases", [])):
        at: Place = ("releases", number)
        found += _needs(release, at, ocid=str, id=str, date=str, tag=list, initiationType=str)
        found += _resolves(release, at)
        awards = {award.get("id") for award in release.get("awards", [])}
        for index, contract in enumerate(release.get("contracts", [])):
            where = (*at, "contracts", index)
            found += _needs(contract, where, id=str, awardID=str)
            if contract.get("awardID") not in awards:
                found.append(_said((*where, "awardID"), "names no award of the release"))
        for path, milestone in _each(release, at, "milestones"):
            found += _milestone(milestone, path)
    return found + _common(package)


def _package(package: dict[str, Any], items: str, version: str) -> list[str]:
    found = _needs(package, (), uri=str, publishedDate=str, version=str, publisher=dict)
    found += _needs(package.get("publisher", {}), ("publisher",), name=str)
    if not _URI.match(str(package.get("uri", ""))):
        found.append(_said(("uri",), "is no address"))
    if not re.match(version, str(package.get("version", ""))):
        found.append(_said(("version",), "is no version of the standard"))
    listed = package.get(items)
    if not isinstance(listed, list) or not listed:
        return [*found, _said((items,), "is no list of at least one")]
    ids = [each.get("id") for each in listed]
    return found + [
        _said((items,), f"two of them are {each}") for each in {i for i in ids if ids.count(i) > 1}
    ]


def _common(package: dict[str, Any]) -> list[str]:
    """Return what is wrong anywhere, by the name of the field."""
    found = []
    for path, name, each in _fields(package, ()):
        if name in _DATES and not _is_instant(each):
            found.append(_said(path, "is no date-time with its zone"))
        if name in _CODES and each not in _CODES[name]:
            found.append(_said(path, f"{each!r} is not of the code list"))
        if (
            name == "amount"
            and not isinstance(each, dict)
            and (isinstance(each, bool) or not isinstance(each, int))
        ):
            found.append(_said(path, "is no whole amount"))
        if each in (None, "", [], {}) and name != "extensions":
            found.append(_said(path, "is empty, and would better not be there"))
    return found


def _milestone(milestone: dict[str, Any], at: Place) -> list[str]:
    found = _needs(milestone, at, id=str, title=str)
    found += _one_of(milestone, at, "status", {"scheduled", "met", "notMet", "partiallyMet"})
    found += _one_of(milestone, at, "type", _MILESTONE_TYPES)
    if (milestone.get("status") == "met") != ("dateMet" in milestone):
        found.append(_said((*at, "dateMet"), "goes with the status met, and only with it"))
    return found


def _resolves(document: dict[str, Any], at: Place) -> list[str]:
    parties = document.get("parties", [])
    ids = [party.get("id") for party in parties]
    found = [
        _said((*at, "parties"), f"two of them are {each}") for each in {i for i in ids if ids.count(i) > 1}
    ]
    for path, name, each in _fields(document, at):
        named = [each] if name in _REFERENCES else each if name in ("suppliers", "tenderers") else []
        found += [
            _said(path, f"{party.get('id')} is no party") for party in named if party.get("id") not in ids
        ]
    return found


def _needs(document: Any, at: Place, **kinds: type) -> list[str]:
    if not isinstance(document, dict):
        return [_said(at, "is no object")]
    return [
        _said((*at, name), "is needed" if name not in document else f"is no {kind.__name__}")
        for name, kind in kinds.items()
        if not isinstance(document.get(name), kind) or document[name] in ("", [], {})
    ]


def _one_of(document: dict[str, Any], at: Place, name: str, codes: set[str]) -> list[str]:
    given = document.get(name)
    return (
        [] if given is None or given in codes else [_said((*at, name), f"{given!r} is not of the code list")]
    )


def _is_instant(given: Any) -> bool:
    try:
        return datetime.fromisoformat(given.replace("Z", "+00:00")).tzinfo is not None
    except (ValueError, AttributeError):
        return False


def _fields(document: Any, at: Place) -> Iterator[tuple[Place, str, Any]]:
    """Yield every named field below a document."""
    if isinstance(document, dict):
        for name, each in document.items():
            yield (*at, name), name, each
            # Others' words within a geometry are theirs.
            if name != "geometry":
                yield from _fields(each, (*at, name))
    elif isinstance(document, list):
        for number, each in enumerate(document):
            yield from _fields(each, (*at, number))


def _each(document: Any, at: Place, wanted: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    for path, name, found in _fields(document, at):
        if name == wanted:
            for number, each in enumerate(found):
                yield (*path, number), each


def _said(at: Place, what: str) -> str:
    return f"{'/'.join(str(part) for part in at) or '/'} {what}"


CHECKS: Mapping[str, Callable[[dict[str, Any]], list[str]]] = {"oc4ids": oc4ids, "ocds": ocds}
