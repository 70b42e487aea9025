"""OCDS 1.1 packages of releases or records: packages and contracts, each fault by its pointer; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from haidang.base.clock import LOCAL
from haidang.base.problems import Problem
from haidang.base.text import fold
from haidang.documents.numbers import clean
from haidang.documents.workbook import UNREADABLE
from haidang.programme.model.money import DONG_MAX
from haidang.programme.open_data.words import METHODS
from haidang.programme.sheets.findings import Finding, at

RELEASES_MAX = 5_000
CONTRACTS_MAX = 50
"""Of one release."""
_BY_WORDS = {fold(vi): method for method, (_, vi) in METHODS.items()}
_BY_CODE = {"open": "open", "selective": "limited", "direct": "direct", "limited": "special"}
_NOT_READ = ("bids", "complaints", "relatedProcesses")


class Tender(msgspec.Struct, frozen=True, kw_only=True):
    """What a release says of its package."""

    name: str
    method: str | None
    estimate_dong: int | None
    published_on: date | None = None
    closes_at: datetime | None = None
    cancelled_reason: str = ""


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """What a release says of a contract."""

    path: str
    contract_no: str
    subject: str
    contractor: str
    tax_code: str
    value_dong: int | None
    signed_on: date | None
    effective_on: date | None
    expires_on: date | None


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A contracting process."""

    row: int
    ocid: str
    project_id: str
    """As it names its project."""
    project_name: str
    tender: Tender | None
    contracts: tuple[Contract, ...]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A package as it was read."""

    releases: tuple[Release, ...]
    refused: tuple[Finding, ...]
    notes: tuple[Finding, ...]


def is_ocds(content: bytes) -> bool:
    """Say whether a file may be an OCDS package: JSON that names releases or records."""
    return content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{" and (
        b'"releases"' in content or b'"records"' in content
    )


def read(content: bytes) -> Reading:
    """Return the contracting processes of a package; ``Problem`` (workbook-unreadable) where it is none."""
    try:
        package = json.loads(content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as cause:
        raise _refused("Không phải JSON.", f"It is no JSON: {str(cause)[:200]}.") from cause
    found = _releases(package)
    if found is None or len(found) > RELEASES_MAX:
        vi, en = "Không phải gói dữ liệu OCDS.", "It is no OCDS package of releases or records."
        raise _refused(vi, f"{en} At most {RELEASES_MAX} releases are taken.")
    refused: list[Finding] = []
    notes: list[Finding] = []
    releases = [
        _Reader(facts, place, row, refused, notes).release()
        for row, (place, facts) in enumerate(found, start=1)
    ]
    return Reading(releases=tuple(releases), refused=tuple(refused), notes=tuple(notes))


def _releases(package: Any) -> list[tuple[str, Any]] | None:
    """Return each release with its pointer: of records the compiled one, of several of an ocid the last."""
    if not isinstance(package, dict):
        return None
    records, releases = package.get("records"), package.get("releases")
    if isinstance(records, list):
        return [
            (f"/records/{number}/compiledRelease", each.get("compiledRelease"))
            for number, each in enumerate(records)
            if isinstance(each, dict)
        ]
    if not isinstance(releases, list):
        return None
    latest: dict[str, tuple[str, Any]] = {}
    for number, each in enumerate(releases):
        ocid = str(each.get("ocid")) if isinstance(each, dict) else f"/{number}"
        known = latest.get(ocid)
        if known is None or str(each.get("date", "")) >= str(known[1].get("date", "")):
            latest[ocid] = (f"/releases/{number}", each)
    return list(latest.values())


def _no_number(said: str) -> Any:
    raise ValueError(f"{said} is no number")


def _refused(vi: str, en: str) -> Problem:
    return Problem(UNREADABLE, vi, en)


class _Reader:
    """Reads one release; what it cannot take stands in ``refused`` by its pointer."""

    def __init__(
        self, facts: Any, place: str, row: int, refused: list[Finding], notes: list[Finding]
    ) -> None:
        self.facts: Mapping[str, Any] = facts if isinstance(facts, dict) else {}
        self.place, self.row, self.refused, self.notes = place, row, refused, notes
        if not isinstance(facts, dict):
            self._amiss("", "not-an-object", "không phải đối tượng", "is no object")

    def _amiss(self, path: str, code: str, vi: str, en: str, value: Any = "") -> None:
        said = str(value).encode("utf-8", "replace").decode()
        self.refused.append(at(f"{self.place}{path}", code, vi, en, value=said, row=self.row))

    def release(self) -> Release:
        """Return the process; the register says whether it can be taken."""
        budget = self._part(self._part(self.facts, "planning"), "budget", "/planning")
        for name in _NOT_READ:
            if self.facts.get(name):
                self.notes.append(
                    at(f"{self.place}/{name}", "not-read", "mục này không được nhập", "is not imported",
                       effect="cell", row=self.row)
                )  # fmt: skip
        contracts = self._list(self.facts.get("contracts"), "/contracts")[:CONTRACTS_MAX]
        return Release(
            row=self.row, ocid=self._text(self.facts.get("ocid"), "/ocid", needed=True)[:300],
            project_id=self._text(budget.get("projectID"), "/planning/budget/projectID")[:300],
            project_name=self._text(budget.get("project"), "/planning/budget/project")[:500],
            tender=self._tender(), contracts=tuple(map(self._contract, range(len(contracts)), contracts)),
        )  # fmt: skip

    def _tender(self) -> Tender | None:
        facts = self._part(self.facts, "tender")
        if not facts:
            return None
        period = self._part(facts, "tenderPeriod", "/tender")
        status = str(facts.get("status", ""))
        why = self._text(facts.get("statusDetails"), "/tender/statusDetails")[:500] or "Hủy thầu (theo OCDS)"
        return Tender(
            name=self._text(facts.get("title"), "/tender/title", needed=True)[:500],
            method=self._method(facts),
            estimate_dong=self._amount(facts.get("value"), "/tender/value"),
            published_on=self._day(period.get("startDate"), "/tender/tenderPeriod/startDate"),
            closes_at=self._instant(period.get("endDate"), "/tender/tenderPeriod/endDate"),
            cancelled_reason=why if status in {"cancelled", "unsuccessful", "withdrawn"} else "",
        )  # fmt: skip

    def _method(self, facts: Mapping[str, Any]) -> str | None:
        said = fold(str(facts.get("procurementMethodDetails") or ""))
        found = _BY_WORDS.get(said) or _BY_CODE.get(str(facts.get("procurementMethod")))
        if found is None:
            self._amiss("/tender/procurementMethod", "method-unknown", "không rõ hình thức lựa chọn nhà thầu",
                        "the method of procurement is not known", facts.get("procurementMethod"))  # fmt: skip
        return found

    def _contract(self, number: int, facts: dict[str, Any]) -> Contract:
        path = f"/contracts/{number}"
        period = self._part(facts, "period", path)
        if facts.get("amendments"):
            vi, en = (
                "phụ lục không được nhập: cần văn bản",
                "amendments are not imported: they need documents",
            )
            self.notes.append(
                at(f"{self.place}{path}/amendments", "not-read", vi, en, effect="cell", row=self.row)
            )
        signed = self._day(facts.get("dateSigned"), f"{path}/dateSigned", needed=True)
        name, tax_code = self._supplier(facts, path)
        return Contract(
            path=f"{self.place}{path}",
            contract_no=self._text(facts.get("id"), f"{path}/id", needed=True)[:200],
            subject=self._text(facts.get("title"), f"{path}/title")[:4_000],
            contractor=name, tax_code=tax_code,
            value_dong=self._amount(facts.get("value"), f"{path}/value"), signed_on=signed,
            effective_on=self._day(period.get("startDate"), f"{path}/period/startDate") or signed,
            expires_on=self._day(period.get("endDate"), f"{path}/period/endDate", needed=True),
        )  # fmt: skip

    def _supplier(self, facts: Mapping[str, Any], path: str) -> tuple[str, str]:
        """Return name and tax code of the one supplier of the contract's award."""
        awards = self._list(self.facts.get("awards"), "/awards")
        mine = [each for each in awards if each.get("id") == facts.get("awardID")]
        suppliers = self._list(mine[0].get("suppliers"), "/awards/suppliers") if len(mine) == 1 else []
        if len(suppliers) != 1:
            self._amiss(f"{path}/awardID", "supplier-unclear", "không rõ một nhà thầu", "no single supplier")
            return "", ""
        party_id = suppliers[0].get("id")
        parties = self._list(self.facts.get("parties"), "/parties")
        party = next((each for each in parties if each.get("id") == party_id), {})
        mark = party.get("identifier")
        code = str(mark.get("id", "")) if isinstance(mark, dict) else ""
        name = str(mark.get("legalName") or "") if isinstance(mark, dict) else ""
        name = self._text(name or suppliers[0].get("name"), "/parties", needed=True)
        if not _is_tax_code(code):
            self._amiss(
                "/parties", "tax-code", "nhà thầu thiếu mã số thuế", "the supplier has no tax code", code
            )
        return name[:300], code

    def _text(self, found: Any, path: str, *, needed: bool = False) -> str:
        text = clean(str(found or ""))
        if not text.isprintable():
            self._amiss(path, "text-damaged", "chữ bị hỏng mã", "letters are lost in this text")
            return ""
        if needed and not text:
            self._amiss(path, "cell-missing", "thiếu mục này", "is missing")
        return text

    def _part(self, facts: Mapping[str, Any], name: str, path: str = "") -> dict[str, Any]:
        found = facts.get(name)
        if found is not None and not isinstance(found, dict):
            self._amiss(f"{path}/{name}", "not-an-object", "không phải đối tượng", "is no object")
        return found if isinstance(found, dict) else {}

    def _list(self, found: Any, path: str) -> list[dict[str, Any]]:
        if found is not None and not (isinstance(found, list) and all(isinstance(e, dict) for e in found)):
            self._amiss(path, "not-a-list", "không phải danh sách", "is no list of objects")
            return []
        return found or []

    def _amount(self, found: Any, path: str) -> int | None:
        value = found.get("amount") if isinstance(found, dict) else None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self._amiss(path, "not-a-number", "không phải là số tiền", "is no amount", value or "")
        elif found.get("currency") != "VND":
            self._amiss(path, "currency", "không phải VND", "is not in VND", found.get("currency"))
        elif value != int(value):
            self._amiss(path, "remainder", "lẻ hơn một đồng", "parts of a đồng", value)
        elif not 0 <= value <= DONG_MAX:
            self._amiss(path, "too-large", "âm hoặc quá lớn", "is below zero or too large", value)
        else:
            return int(value)
        return None

    def _instant(self, found: Any, path: str, *, needed: bool = False) -> datetime | None:
        if found in (None, ""):
            if needed:
                self._amiss(path, "cell-missing", "thiếu mục này", "is missing")
            return None
        try:
            made = datetime.fromisoformat(str(found)[:35])
        except ValueError:
            self._amiss(path, "not-a-day", "không phải ngày", "is no day", found)
            return None
        return made if made.tzinfo else made.replace(tzinfo=LOCAL)

    def _day(self, found: Any, path: str, *, needed: bool = False) -> date | None:
        made = self._instant(found, path, needed=needed)
        return None if made is None else made.astimezone(LOCAL).date()


def _is_tax_code(said: str) -> bool:
    digits, _, branch = said.partition("-")
    plain = digits.isascii() and digits.isdigit() and len(digits) == 10
    return plain and (branch == "" or (branch.isascii() and branch.isdigit() and len(branch) == 3))
