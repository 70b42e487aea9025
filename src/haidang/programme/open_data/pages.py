"""Open data as pages for people: public projects and the files to download. Plain HTML, no script; pure.

Every text of the register is letters and never markup. Vietnamese first; ``lang=en`` shows the same in
    English.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any, Literal
from urllib.parse import quote, urlencode

import msgspec

from haidang.base.clock import LOCAL
from haidang.programme.model.money import DENOMINATORS
from haidang.programme.model.register import PHASES
from haidang.programme.model.status import STATUSES

Lang = Literal["vi", "en"]
ROOT = "/open-data"
STYLE = f"{ROOT}/page.css"
OC4IDS_URL = "https://standard.open-contracting.org/infrastructure/0.9/en/"
OCDS_URL = "https://standard.open-contracting.org/1.1/en/"
_DASH = "–"
_LAW_VI = (
    "Dữ liệu mở của cơ quan nhà nước (Nghị định 47/2020/NĐ-CP, Nghị định 194/2025/NĐ-CP): được sao chép, "
    "chia sẻ, sử dụng, có ghi nguồn."
)
_LAW_EN = (
    "Open data of a state agency (Decrees 47/2020 and 194/2025): to be copied, shared and used with its "
    "source named."
)
WORDS: dict[str, tuple[str, str]] = {
    "title": ("Dữ liệu mở về dự án đầu tư", "Open data on investment projects"),
    "projects": ("Dự án công khai", "Public projects"),
    "datasets": ("Tập dữ liệu", "Datasets"),
    "file": ("Tệp", "File"),
    "standard": ("Chuẩn dữ liệu", "Standard"),
    "content": ("Nội dung", "Content"),
    "licence": ("Điều kiện sử dụng", "Terms of use"),
    "updated": ("Sổ cập nhật lần cuối", "Register last changed"),
    "publisher": ("Đơn vị công bố", "Publisher"),
    "no_projects": ("Chưa có dự án nào được công khai.", "No project is public yet."),
    "name": ("Dự án", "Project"),
    "code": ("Mã số", "Code"),
    "owner": ("Chủ đầu tư", "Owner"),
    "status": ("Tình trạng", "Status"),
    "phase": ("Giai đoạn", "Phase"),
    "period": ("Khởi công – hoàn thành", "Start – finish"),
    "place": ("Địa điểm", "Place"),
    "total": ("Tổng mức đầu tư (đồng)", "Total investment (đồng)"),
    "more": ("Trang sau", "Next page"),
    "back": ("Về danh sách dự án", "Back to the list"),
    "money": ("Kế hoạch và giải ngân năm", "Plan and disbursement of"),
    "amount": ("Số tiền (đồng)", "Amount (đồng)"),
    "paid": ("Đã giải ngân theo Kho bạc", "Disbursed, confirmed by the Treasury"),
    "rate": ("Giải ngân so với", "Disbursed of the"),
    "asof": ("kế hoạch ngày", "plan of"),
    "until": ("thanh toán đến", "payments until"),
    "totals": ("Các lần phê duyệt tổng mức đầu tư", "Approvals of the total investment"),
    "decision": ("Quyết định", "Decision"),
    "day": ("Ngày", "Day"),
    "reason": ("Lý do", "Reason"),
    "milestone": ("Mốc tiến độ", "Milestones"),
    "baseline": ("Theo kế hoạch", "Planned"),
    "forecast": ("Dự kiến", "Expected"),
    "actual": ("Thực tế", "Actual"),
    "contract": ("Hợp đồng", "Contracts"),
    "contractor": ("Nhà thầu", "Contractor"),
    "value": ("Giá trị hiện nay (đồng)", "Value now (đồng)"),
    "ends": ("Hết hạn", "Ends"),
    "missing": (f"Dấu {_DASH} là sổ chưa có số liệu, không phải số 0.",
                f"{_DASH} means that the register does not hold it; it is not zero."),
    "simulated": ("Dữ liệu mô phỏng", "Simulated data"),
    "all_data": ("Toàn bộ dữ liệu mở có trong các tệp", "All open data are in the files"),
    "oc4ids": ("Dự án, vốn, hợp đồng, mốc tiến độ (JSON)", "Projects, money, contracts, milestones (JSON)"),
    "ocds": ("Quá trình lựa chọn nhà thầu, hợp đồng (JSON)", "Contracting processes (JSON)"),
    "csv": ("Danh sách dự án công khai (CSV, UTF-8)", "List of public projects (CSV, UTF-8)"),
    "law": (_LAW_VI, _LAW_EN),
    "other": ("English", "Tiếng Việt"),
}  # fmt: skip


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What every page says of the data."""

    publisher: str
    licence: str
    """Address of the licence; empty: the terms of the law."""
    updated: datetime | None
    """When anything in the register last changed."""


def listing(found: Mapping[str, Any], about: About, lang: Lang, *, after: int | None = None) -> str:
    """Return the page of the datasets and of one page of public projects."""
    items = found["items"]
    rows = [
        (
            _link(f"{ROOT}/projects/{quote(each['public_id'])}", each["name"], lang), each["public_id"],
            each["owner"], _word(STATUSES, each["status"], lang), _number(each["total_dong"]),
        )
        for each in items
    ]  # fmt: skip
    head = ("name", "code", "owner", "status", "total")
    table = _table(head, rows, lang, raw=(0,), right=(4,)) if rows else f"<p>{_w('no_projects', lang)}</p>"
    following = ""
    if found["next"]:
        query = urlencode({"lang": lang, "after": found["next"]})
        following = f'<p><a rel="next" href="{ROOT}?{query}">{_w("more", lang)} →</a></p>'
    body = (
        f"<h2>{_w('datasets', lang)}</h2>{_datasets(lang)}{_terms(about, lang)}"
        f"<h2>{_w('projects', lang)}</h2>{_simulated(items, lang)}{table}{following}{_missing(lang)}"
    )
    return _page(WORDS["title"], body, lang, ROOT + (f"?after={after}" if after else ""))


def project(found: Mapping[str, Any], about: About, lang: Lang) -> str:
    """Return the page of one public project."""
    place = found["place"] or ", ".join(found["area_codes"])
    facts = (
        ("code", found["public_id"]), ("owner", found["owner"]),
        ("status", _word(STATUSES, found["status"], lang)),
        ("phase", _word(PHASES, found["project_phase"], lang)),
        ("period", f"{_day(found['start_on'])} {_DASH} {_day(found['finish_on'])}"),
        ("place", place or _DASH),
    )  # fmt: skip
    described = "".join(f"<dt>{_w(name, lang)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    body = (
        f'<p><a href="{ROOT}?lang={lang}">← {_w("back", lang)}</a></p>{_simulated([found], lang)}'
        f"<p>{escape(found['description'])}</p><dl>{described}</dl>{_money(found['money'], lang)}"
        f"{_totals(found['totals'], lang)}{_milestones(found['records'].get('milestone', ()), lang)}"
        f"{_contracts(found['records'].get('contract', ()), lang)}{_missing(lang)}"
        f"<p>{_w('all_data', lang)}:</p>{_datasets(lang)}{_terms(about, lang)}"
    )
    name = found["name"]
    return _page((name, name), body, lang, f"{ROOT}/projects/{quote(found['public_id'])}")


def _money(money: Mapping[str, Any], lang: Lang) -> str:
    at = 1 if lang == "en" else 0
    rows = [
        (DENOMINATORS[kind][at], _number(amount))
        for kind, amount in money["plan_dong"].items()
        if not kind.endswith("_with_carry_over")
    ]  # fmt: skip
    told = money["disbursed"]["volume_dong"] or money["disbursed"]["advance_dong"]
    rows.append((_w("paid", lang), _number(money["disbursed"]["total_dong"]) if told else _DASH))
    rates = "".join(
        f"<li>{_w('rate', lang)} {escape(DENOMINATORS[each['denominator_kind']][at])}: "
        f"{_percent(each['value'])} ({_w('asof', lang)} {_day(each['plan_as_of'])}, {_w('until', lang)} "
        f"{_day(each['cutoff'])})</li>"
        for each in money["ratios"] if told and each["value"] is not None
    )  # fmt: skip
    return (
        f"<h2>{_w('money', lang)} {money['plan_year']}</h2>"
        + _table(("content", "amount"), rows, lang, right=(1,))
        + (f"<ul>{rates}</ul>" if rates else "")
    )


def _totals(found: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    rows = [
        (each["doc_number"], _day(each["signed_on"]), _number(each["amount_dong"]), each["reason"] or _DASH)
        for each in found
    ]
    head = ("decision", "day", "amount", "reason")
    return f"<h2>{_w('totals', lang)}</h2>{_table(head, rows, lang, right=(2,))}" if rows else ""


def _milestones(found: Iterable[Mapping[str, Any]], lang: Lang) -> str:
    rows = [
        (each["name"], _day(each["baseline_on"]), _day(each["forecast_on"]), _day(each["actual_on"]))
        for each in found
    ]
    head = ("milestone", "baseline", "forecast", "actual")
    return f"<h2>{_w('milestone', lang)}</h2>{_table(head, rows, lang)}" if rows else ""


def _contracts(found: Iterable[Mapping[str, Any]], lang: Lang) -> str:
    rows = [
        (each["contract_no"], each.get("contractor_name") or _DASH, _number(each["value_now_dong"]),
         _day(each["expires_now_on"]))
        for each in found
    ]  # fmt: skip
    head = ("contract", "contractor", "value", "ends")
    return f"<h2>{_w('contract', lang)}</h2>{_table(head, rows, lang, right=(2,))}" if rows else ""


def _datasets(lang: Lang) -> str:
    rows = [
        (f'<a href="{ROOT}/oc4ids">oc4ids.json</a>', _w("oc4ids", lang),
         f'<a href="{OC4IDS_URL}" rel="external">OC4IDS 0.9.5</a>'),
        (f'<a href="{ROOT}/ocds">ocds.json</a>', _w("ocds", lang),
         f'<a href="{OCDS_URL}" rel="external">OCDS 1.1</a>'),
        (f'<a href="{ROOT}/projects.csv">projects.csv</a>', _w("csv", lang), "RFC 4180"),
    ]  # fmt: skip
    return _table(("file", "content", "standard"), rows, lang, raw=(0, 1, 2))


def _terms(about: About, lang: Lang) -> str:
    licence = escape(about.licence)
    said = f'<a rel="license" href="{licence}">{licence}</a>' if about.licence else _w("law", lang)
    updated = _DASH if about.updated is None else f"{about.updated.astimezone(LOCAL):%H:%M %d/%m/%Y}"
    return (
        f"<dl><dt>{_w('publisher', lang)}</dt><dd>{escape(about.publisher)}</dd>"
        f"<dt>{_w('licence', lang)}</dt><dd>{said}</dd><dt>{_w('updated', lang)}</dt><dd>{updated}</dd></dl>"
    )


def _page(title: tuple[str, str], body: str, lang: Lang, path: str) -> str:
    heading = escape(title[lang == "en"])
    other: Lang = "vi" if lang == "en" else "en"
    way = f"{path}{'&amp;' if '?' in path else '?'}lang={other}"
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{heading}</title><link rel="stylesheet" href="{STYLE}">'
        f'<link rel="icon" href="/favicon.svg"></head><body><header><h1>{heading}</h1>'
        f'<a href="{way}" lang="{other}" hreflang="{other}">{_w("other", lang)}</a></header>'
        f"<main>{body}</main></body></html>"
    )


def _table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    lang: Lang,
    *,
    raw: Sequence[int] = (),
    right: Sequence[int] = (),
) -> str:
    """Return a table; columns named in ``raw`` are markup of ours, all others are letters."""

    def cell(at: int, text: str) -> str:
        look = ' class="number"' if at in right else ""
        return f"<td{look}>{text if at in raw else escape(text)}</td>"

    heads = "".join(f'<th scope="col">{_w(name, lang)}</th>' for name in head)
    lines = "".join(f"<tr>{''.join(cell(at, text) for at, text in enumerate(row))}</tr>" for row in rows)
    return (
        f'<div class="wide" tabindex="0"><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody>'
        "</table></div>"
    )


def _w(name: str, lang: Lang) -> str:
    return escape(WORDS[name][lang == "en"])


def _word(words: Mapping[Any, tuple[str, str]], code: str | None, lang: Lang) -> str:
    return words[code][lang == "en"] if code in words else _DASH


def _link(address: str, text: str, lang: Lang) -> str:
    return f'<a href="{escape(address)}?lang={lang}">{escape(text)}</a>'


def _simulated(found: Iterable[Mapping[str, Any]], lang: Lang) -> str:
    marked = any(each["simulated"] for each in found)
    return f'<p class="mark">{_w("simulated", lang)}</p>' if marked else ""


def _missing(lang: Lang) -> str:
    return f'<p class="note">{_w("missing", lang)}</p>'


def _number(value: int | None) -> str:
    return _DASH if value is None else f"{value:,}".replace(",", ".")


def _percent(share: float) -> str:
    return f"{Decimal(str(share)) * 100:.2f}".replace(".", ",") + " %"


def _day(value: date | str | None) -> str:
    found = date.fromisoformat(value[:10]) if isinstance(value, str) and value else value
    return f"{found:%d/%m/%Y}" if isinstance(found, date) else _DASH


CSS = """\
:root { color-scheme: light dark; --line: #c4ccd2; --soft: #f2f4f6; --text: #1c252c; --link: #0b5c8f; }
@media (prefers-color-scheme: dark) {
  :root { --line: #45525c; --soft: #232d34; --text: #e6ebef; --link: #8cc8f0; }
  body { background: #161d22; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; color: var(--text); }
header, main { max-width: 70rem; margin: 0 auto; padding: 1rem; }
header { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: baseline; justify-content:
    space-between; }
h1 { font-size: 1.6rem; margin: 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; }
a { color: var(--link); }
a:focus-visible, .wide:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid var(--line); padding: 0.4rem 0.6rem; text-align: left; vertical-align: top; }
th { background: var(--soft); }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
.note { font-style: italic; }
.mark { display: inline-block; border: 2px solid currentColor; padding: 0.1rem 0.6rem; font-weight: 700;
    text-transform: uppercase; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: 0.5rem; } }
"""
