"""What an OCDS package would change of packages and contracts, row by row; pure.

A process finds its project by the number that it names, else by the project's name where only one has it. A
package is the one that our own export named, else the one of that name; a contract is known by its number.
What a contract first said (value, days, contractor) changes by an amendment with its document, never here.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from haidang.base.text import fold
from haidang.programme.model import records
from haidang.programme.model.register import Project
from haidang.programme.open_data.facts import Prefixes
from haidang.programme.sheets.diff import Kind, Reason
from haidang.programme.sheets.ocds.reading import Contract, Reading, Release, Tender

FIXED = ("value_dong", "signed_on", "expires_on", "tax_code")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What a process would do with a package or a contract."""

    row: int
    what: Literal["package", "contract"]
    kind: Kind
    ocid: str
    name: str
    """Of the package, or the number of the contract."""
    project_id: int | None = None
    project: str = ""
    id: int | None = None
    version: int | None = None
    package_row: int | None = None
    """Of a contract: the row of the package that it is of."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    reasons: tuple[Reason, ...] = ()


class Diff(msgspec.Struct, frozen=True, kw_only=True):
    """What a whole package would do."""

    rows: tuple[Row, ...]
    hash: str
    """Of all rows: whoever approves says which diff was seen."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the register holds, as far as a package can touch it."""

    projects: Sequence[Project]
    mine: frozenset[int]
    """Projects whose register the asker keeps."""
    packages: Sequence[records.Package]
    contracts: Sequence[records.Contract]
    tax_codes: Mapping[int, str]
    """Of contractors, by their number."""
    prefixes: Prefixes


def compared(reading: Reading, known: Known) -> Diff:
    """Return what a package would change."""
    comparing = _Comparing(reading, known)
    rows = tuple(row for release in reading.releases for row in comparing.rows(release))
    numbered = tuple(msgspec.structs.replace(row, row=number) for number, row in enumerate(rows, start=1))
    numbered = _linked(numbered)
    return Diff(rows=numbered, hash=hashlib.sha256(msgspec.json.encode(numbered)).hexdigest())


def _linked(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Let each contract name the row of its process's package."""
    packages = {row.ocid: row.row for row in rows if row.what == "package"}
    return tuple(
        msgspec.structs.replace(row, package_row=packages.get(row.ocid)) if row.what == "contract" else row
        for row in rows
    )


class _Comparing:
    def __init__(self, reading: Reading, known: Known) -> None:
        self.known = known
        self.refused: dict[int, list[Reason]] = defaultdict(list)
        for each in reading.refused:
            why = Reason(each.cell, each.code, each.vi, each.en, each.value)
            self.refused[each.row or 0].append(why)
        self.by_number: dict[str, Project] = {}
        self.by_name: dict[str, list[Project]] = defaultdict(list)
        for project in known.projects:
            numbers = (
                project.public_id,
                f"{known.prefixes.project}-{project.public_id}",
                project.national_code,
            )
            self.by_number |= {number: project for number in numbers if number}
            self.by_name[fold(project.name)].append(project)

    def rows(self, release: Release) -> Iterable[Row]:
        """Yield the rows of one process: its package, then its contracts."""
        project, why = self._project(release)
        reasons = (*self.refused[release.row], *((why,) if why else ()))
        if release.tender is None and not release.contracts:
            nothing = Reason(
                f"/{release.ocid}", "nothing", "không có gói thầu, hợp đồng", "holds nothing to take"
            )
            yield self._row(release, "package", release.ocid, "refused", (*reasons, nothing), project)
        if release.tender is not None:
            yield self._package(release, release.tender, project, reasons)
        for each in release.contracts:
            yield self._contract(release, each, project, reasons)

    def _project(self, release: Release) -> tuple[Project | None, Reason | None]:
        cell = f"/{release.ocid}/planning/budget"
        said = release.project_id or release.project_name
        named = self.by_name.get(fold(release.project_name), []) if release.project_name else []
        found = self.by_number.get(release.project_id) or (named[0] if len(named) == 1 else None)
        if found is None:
            vi, en = "không tìm thấy đúng một dự án", "no single project of the programme is meant"
            return None, Reason(cell, "project-unknown", vi, en, said[:120])
        if found.id not in self.known.mine:
            return found, Reason(
                cell, "not-yours", "dự án của đơn vị khác", "is another owner's project", said[:120]
            )
        return found, None

    def _row(  # noqa: PLR0917 - what every row has
        self,
        release: Release,
        what: Literal["package", "contract"],
        name: str,
        kind: Kind,
        reasons: tuple[Reason, ...],
        project: Project | None,
        **more: Any,
    ) -> Row:
        return Row(
            row=0, what=what, kind=kind, ocid=release.ocid, name=name, reasons=reasons,
            project_id=project.id if project else None, project=project.name if project else "", **more,
        )  # fmt: skip

    def _package(
        self, release: Release, tender: Tender, project: Project | None, reasons: tuple[Reason, ...]
    ) -> Row:
        if reasons or project is None:
            return self._row(release, "package", tender.name, "refused", reasons, project)
        after = {
            name: value for name, value in msgspec.structs.asdict(tender).items() if value not in (None, "")
        }
        own = f"{self.known.prefixes.process}-{project.public_id}-G"
        number = release.ocid.removeprefix(own) if release.ocid.startswith(own) else ""
        mine = [each for each in self.known.packages if each.project_id == project.id]
        found = [each for each in mine if str(each.id) == number] or [
            each for each in mine if fold(each.name) == fold(tender.name)
        ]
        if len(found) > 1:
            why = Reason(
                f"/{release.ocid}/tender", "package-ambiguous", "trùng tên gói thầu", "several of this name"
            )
            return self._row(release, "package", tender.name, "conflict", (why,), project)
        if not found:
            return self._row(
                release, "package", tender.name, "added", (), project, after=msgspec.to_builtins(after)
            )
        return self._changed(release, "package", tender.name, project, found[0], after, ())

    def _contract(
        self, release: Release, it: Contract, project: Project | None, reasons: tuple[Reason, ...]
    ) -> Row:
        if reasons or project is None:
            return self._row(release, "contract", it.contract_no, "refused", reasons, project)
        after = {
            name: value for name, value in msgspec.structs.asdict(it).items()
            if name != "path" and value not in (None, "")
        }  # fmt: skip
        own = release.ocid.startswith(f"{self.known.prefixes.process}-{project.public_id}-")
        mine = [each for each in self.known.contracts if each.project_id == project.id]
        # Our own export calls a contract by the number of its row.
        found = [each for each in mine if own and str(each.id) == it.contract_no] or [
            each for each in mine if fold(each.contract_no) == fold(it.contract_no)
        ]
        if not found:
            return self._row(
                release, "contract", it.contract_no, "added", (), project, after=msgspec.to_builtins(after)
            )
        if own and str(found[0].id) == it.contract_no:
            after["contract_no"] = found[0].contract_no
            if after.get("subject") == found[0].contract_no:
                del after["subject"]
        del after["contractor"]
        held = {"tax_code": self.known.tax_codes.get(found[0].contractor_id)}
        return self._changed(release, "contract", it.contract_no, project, found[0], after, FIXED, held)

    def _changed(  # noqa: PLR0917 - a row, and what stands in its place
        self,
        release: Release,
        what: Literal["package", "contract"],
        name: str,
        project: Project,
        found: records.Package | records.Contract,
        after: Mapping[str, Any],
        fixed: Sequence[str],
        held: Mapping[str, Any] | None = None,
    ) -> Row:
        before = msgspec.structs.asdict(found) | dict(held or {})
        differing = sorted(field for field, value in after.items() if before.get(field) != value)
        why = tuple(
            Reason(
                f"/{release.ocid}", "fixed", f"{field}: chỉ đổi bằng phụ lục", f"{field} changes by an "
                "amendment",
                str(after[field])[:120],
            )
            for field in differing if field in fixed
        )  # fmt: skip
        kind: Kind = "conflict" if why else "changed" if differing else "unchanged"
        return self._row(
            release, what, name, kind, why, project, id=found.id, version=found.version,
            before=msgspec.to_builtins({field: before.get(field) for field in differing}),
            after=msgspec.to_builtins({field: after[field] for field in differing}),
        )  # fmt: skip
