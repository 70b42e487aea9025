"""What a letter to a contractor says, and words that would judge instead of stating; pure."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from haidang.organisation.service.letterhead import Letterhead
from haidang.programme.model.cases import REPLY_WORKING_DAYS, Days, Person, Words
from haidang.programme.model.money import Dong
from haidang.programme.model.records import Short

ActName = Literal["warn", "demand", "plan", "cut_scope", "replace", "close"]
State = Literal["draft", "signed", "withdrawn"]
ACTS: dict[ActName, str] = {
    "warn": "nhắc nhở tiến độ thực hiện hợp đồng số {no}",
    "demand": "yêu cầu thực hiện hợp đồng số {no} theo tiến độ",
    "plan": "kế hoạch khắc phục tiến độ hợp đồng số {no}",
    "cut_scope": "điều chỉnh giảm khối lượng hợp đồng số {no}",
    "replace": "thay thế nhà thầu thực hiện phần còn lại của hợp đồng số {no}",
    "close": "kết thúc việc theo dõi tiến độ hợp đồng số {no}",
}
"""Subject of the letter of each step."""
EDITION = 1
ASKS_MAX = 10
EVIDENCE_MAX = 60
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class Signatory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who signs, and on whose behalf (Decree 30/2020/NĐ-CP, Annex I, II.7)."""

    name: Person
    office: Person
    """"Giám đốc", "Phó Giám đốc"."""
    collective: Short = ""
    instead_of: Short = ""
    by_order_of: Short = ""
    by_mandate_of: Short = ""


class NewLetter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A letter to be drafted for a step."""

    act: ActName
    contract_id: int
    """The contract; its open case is the one that the step is of."""
    subject: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    """Of a warning: what the case is about."""
    text: Words
    """What the writer states beside the facts of the register; a paragraph a line."""
    asks: Annotated[tuple[Line, ...], msgspec.Meta(max_length=ASKS_MAX)] = ()
    basis: Annotated[tuple[Line, ...], msgspec.Meta(max_length=ASKS_MAX)] = ()
    """Legal bases beside the contract."""
    reply_working_days: Days = REPLY_WORKING_DAYS
    plan_until: date | None = None
    """Of a remediation plan: the day by which it promises."""
    cut_dong: Dong | None = None
    new_contract_id: int | None = None
    skips: Short = ""
    """Number of the decision that lets it skip a step, or not wait for the reply."""
    signatory: Signatory
    recipients: Annotated[tuple[Line, ...], msgspec.Meta(max_length=ASKS_MAX)] = ()


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A fact of the register."""

    what: str
    found: str
    source: str
    """Where it stands: "Hợp đồng 12/HĐ", "Mốc tiến độ số 7"."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter says, as it was drafted."""

    edition: int = EDITION
    act: ActName
    agency: Letterhead
    project: str
    contractor: str
    tax_code: str
    contract_no: str
    contract_signed_on: date
    new: NewLetter
    new_contract_no: str = ""
    as_of: date
    made_at: datetime
    evidence: tuple[Evidence, ...]
    simulated: bool = False

    @property
    def subject(self) -> str:
        """What stands below the number."""
        return ACTS[self.act].format(no=self.contract_no)


_JUDGES = re.compile(
    r"(?<!\w)(yếu kém|kém cỏi|cố tình|cố ý|thiếu trách nhiệm|vô trách nhiệm|lừa|gian dối|gian lận|bất chấp|"
    r"coi thường|chây ỳ|chây ì|tồi tệ|không đủ năng lực|mất uy tín|thông thầu|tham nhũng)(?!\w)",
    re.IGNORECASE,
)


def judging(new: NewLetter) -> tuple[str, ...]:
    """Return words of the writer that judge instead of stating what happened; a person decides on them."""
    said = " ".join((new.text, *new.asks))
    return tuple(dict.fromkeys(found.group(0).lower() for found in _JUDGES.finditer(said)))
