"""Pages and table of open data: letters are never markup, missing is a dash, no script is needed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from lxml import html

from haidang.programme.open_data import pages, table
from haidang.programme.open_data.pages import About, Lang

AT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
ABOUT = About(publisher="Ủy ban nhân dân tỉnh", licence="", updated=AT)
EVIL = "<script>alert(1)</script> \"&' =2+3"


def project(**facts: Any) -> dict[str, Any]:
    return {
        "public_id": "DA-2026-000001", "name": "Trung tâm điều hành", "description": "", "owner": "Sở "
        "Xây dựng",
        "status": "implementation", "sector": None, "project_group": "B", "project_kind": None,
        "project_phase": "transitional", "start_on": date(2025, 1, 5), "finish_on": None, "total_dong": None,
        "area_codes": ("06688",), "place": "", "simulated": False, "changed_at": AT, "totals": [],
        "money": {"plan_year": 2026, "plan_dong": {"annual": 40, "allocation": None},
                  "disbursed": {"volume_dong": 0, "advance_dong": 0, "total_dong": 0}, "ratios": []},
        "records": {},
    } | facts  # fmt: skip


RATIO = {
    "denominator_kind": "annual",
    "value": 0.152,
    "plan_as_of": date(2026, 3, 16),
    "cutoff": date(2026, 3, 16),
}
APPROVED = {
    "doc_number": "15/QĐ-UBND", "signed_on": date(2025, 1, 2), "amount_dong": 1_234_567_890, "reason": "",
}  # fmt: skip
MONEY = {
    "plan_year": 2026, "plan_dong": {"annual": 40_000_000_000, "council_initial": 35_000_000_000},
    "disbursed": {"volume_dong": 1, "advance_dong": 0, "total_dong": 6_080_000_000}, "ratios": [RATIO],
}  # fmt: skip
MILESTONE = {"name": "Giao thiết bị", "baseline_on": "2026-02-10", "forecast_on": None, "actual_on": None}
SIGNED = {
    "contract_no": "12/HĐ", "contractor_name": "Công ty An Bình", "value_now_dong": 5,
    "expires_now_on": date(2026, 12, 31),
}  # fmt: skip
RICH = project(totals=[APPROVED], money=MONEY, records={"milestone": [MILESTONE], "contract": [SIGNED]})


def listed(*items: dict[str, Any], following: str | None = None, lang: Lang = "vi") -> str:
    return pages.listing({"items": list(items), "next": following}, ABOUT, lang)


def texts(page: str) -> str:
    return " ".join(" ".join(html.fromstring(page).itertext()).split())


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_list_names_datasets_standards_terms_and_age(lang: Lang) -> None:
    page = listed(project(), following="50", lang=lang)
    tree = html.fromstring(page)
    links = {each.get("href") for each in tree.iter("a")}
    wanted = {"/open-data/oc4ids", "/open-data/ocds", "/open-data/projects.csv", pages.OC4IDS_URL}
    wanted |= {f"/open-data/projects/DA-2026-000001?lang={lang}", f"/open-data?lang={lang}&after=50"}
    assert wanted | {pages.OCDS_URL} <= links
    said = texts(page)
    assert "09:30 16/03/2026" in said and "Ủy ban nhân dân tỉnh" in said
    assert ("Nghị định 194/2025" if lang == "vi" else "Decrees 47/2020") in said
    assert tree.get("lang") == lang and not list(tree.iter("script", "style"))


def test_a_licence_of_the_sites_own_is_linked() -> None:
    about = About(publisher="x", licence="https://example.org/by?a=1&b=2", updated=None)
    tree = html.fromstring(pages.listing({"items": [], "next": None}, about, "vi"))
    [link] = [each for each in tree.iter("a") if each.get("rel") == "license"]
    assert link.get("href") == about.licence
    assert "Chưa có dự án nào được công khai" in tree.text_content()


def test_a_project_shows_its_money_by_name_and_what_is_missing_as_a_dash() -> None:
    said = texts(pages.project(RICH, ABOUT, "vi"))
    for words in (
        "kế hoạch sau điều chỉnh 40.000.000.000", "Đã giải ngân theo Kho bạc 6.080.000.000",
        "so với kế hoạch sau điều chỉnh: 15,20 % (kế hoạch ngày 16/03/2026, thanh toán đến 16/03/2026)",
        "15/QĐ-UBND", "1.234.567.890", "Giao thiết bị 10/02/2026 – –", "Công ty An Bình", "05/01/2025 – –",
    ):  # fmt: skip
        assert words in said, words
    bare = texts(pages.project(project(), ABOUT, "vi"))
    assert "Đã giải ngân theo Kho bạc –" in bare and "so với" not in bare
    assert "không phải số 0" in bare


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]


def test_what_people_wrote_is_never_markup() -> None:
    evil = project(
        name=EVIL, description=EVIL, owner=EVIL, place=EVIL, public_id='DA"><script>',
        totals=[{"doc_number": EVIL, "signed_on": None, "amount_dong": None, "reason": EVIL}],
        records={"contract": [{"contract_no": EVIL, "contractor_name": EVIL, "value_now_dong": 1,
                               "expires_now_on": None}]},
    )  # fmt: skip
    for page in (listed(evil), pages.project(evil, ABOUT, "en")):
        parser = _Tags()
        parser.feed(page)
        assert "script" not in parser.tags
        assert "alert(1)" in html.fromstring(page).text_content()


def test_simulated_projects_are_marked() -> None:
    assert "Dữ liệu mô phỏng" in texts(listed(project(simulated=True)))
    assert "Dữ liệu mô phỏng" not in texts(listed(project()))


def test_the_table_has_every_project_and_no_formula() -> None:
    found = table.written([project(name="=1+1", place="@x"), project(total_dong=5, simulated=True)])
    assert found.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(found.decode("utf-8-sig"))))
    assert (rows[0]["name"], rows[0]["place"], rows[0]["total_dong"]) == ("'=1+1", "'@x", "")
    assert (rows[1]["total_dong"], rows[1]["simulated"], rows[1]["start_on"]) == ("5", "true", "2025-01-05")


def test_every_word_stands_in_both_languages() -> None:
    assert all(vi and en and vi != en for vi, en in pages.WORDS.values())
