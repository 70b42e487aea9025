"""Every rule fires on its own example, is explained in both languages and stands in the page."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from haidang.directives.extraction import read, shipped
from haidang.directives.extraction.rules import RULES
from haidang.directives.extraction.warnings import WARNINGS

ROOT = Path(__file__).resolve().parents[4]
PAGE = (ROOT / "docs" / "extraction.md").read_text(encoding="utf-8")
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (ROOT / "src" / "haidang" / "directives" / "extraction").glob("*.py")
    if path.name not in {"rules.py", "warnings.py"}
)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_fires_on_its_example(rule: str) -> None:
    gazetteer = shipped().with_names(
        [("Đội Quản lý trật tự phường Bến Thành", ("Đội Quản lý trật tự Bến Thành",))]
    )
    reading = read(RULES[rule].example, issued_on=dt.date(2022, 7, 4), gazetteer=gazetteer)
    assert rule in {each for item in reading.items for each in item.rules}


def test_no_rule_fires_that_is_not_explained() -> None:
    named = set(
        re.findall(r'"((?:order|duty|carry|cooperate|names|due)\.\w+|order|duty|cooperate)"', SOURCES)
    )
    assert named <= set(RULES)


def test_the_page_lists_every_rule_with_its_example() -> None:
    rows = dict(re.findall(r"^\| `([\w.]+)` \| [^|]+ \| “([^|]+)” \|$", PAGE, re.MULTILINE))
    assert rows == {name: rule.example.replace("\n", " ⏎ ") for name, rule in RULES.items()}


def test_the_page_lists_every_warning() -> None:
    section = PAGE.split("\n## Warnings\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)) == set(WARNINGS)


HEAD_OF_AN_OFFICE = """UBND TỈNH HẢI ĐĂNG
VĂN PHÒNG
Số: 512/TB-VP
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hải Đăng, ngày 05 tháng 11 năm 2026

THÔNG BÁO
Kết luận của Phó Chủ tịch Thường trực UBND tỉnh Trần Minh Quân,
Trưởng Ban Chỉ đạo, tại cuộc họp về tiến độ
giải ngân
Ngày 03/11/2026, tại trụ sở UBND tỉnh, đồng chí Trần Minh Quân chủ trì cuộc họp.
1. Giao Sở Tài chính báo cáo trước ngày 20/11/2026.
"""


def test_an_office_under_a_committee_is_the_issuer() -> None:
    assert read(HEAD_OF_AN_OFFICE).document.issuer == "VĂN PHÒNG UBND TỈNH HẢI ĐĂNG"
    department = HEAD_OF_AN_OFFICE.replace("VĂN PHÒNG", "SỞ TÀI CHÍNH")
    assert read(department).document.issuer == "SỞ TÀI CHÍNH"
    alone = HEAD_OF_AN_OFFICE.replace("VĂN PHÒNG\n", "")
    assert read(alone).document.issuer == "UBND TỈNH HẢI ĐĂNG"


def test_the_line_under_the_kind_of_document_is_its_subject() -> None:
    assert read(HEAD_OF_AN_OFFICE).document.subject == (
        "Kết luận của Phó Chủ tịch Thường trực UBND tỉnh Trần Minh Quân, "
        "Trưởng Ban Chỉ đạo, tại cuộc họp về tiến độ giải ngân"
    )
