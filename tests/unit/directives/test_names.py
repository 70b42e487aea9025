"""Whom names mean today: other names, the province beside them, reorganisations, collectives."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest
import yaml

import haidang.directives
from haidang.directives.model.names import Directory, Groups, OwnGroup, Written, leader_called
from haidang.organisation.model import Org, OrgAlias, OrgSuccession

TODAY = date(2026, 3, 16)
THEN = date(2018, 9, 5)
CUT = date(2025, 3, 1)
GROUPS = msgspec.convert(
    yaml.safe_load((Path(haidang.directives.__file__).parent / "data" / "groups.yaml").read_text("utf-8")),
    Groups,
)


def org(number: int, name: str, kind: str = "department", *, parent: int = 1, **facts: object) -> Org:
    path = (number,) if number == 1 else (1, number) if parent == 1 else (1, parent, number)
    return Org(id=number, parent_id=None if number == 1 else parent, path=path, name=name, kind=kind, **facts)  # type: ignore[arg-type]


ORGS = [
    org(1, "Ủy ban nhân dân tỉnh Bắc Ninh", "committee", short_name="UBND tỉnh"),
    org(2, "Sở Xây dựng tỉnh Bắc Ninh", short_name="SXD"),
    org(3, "Sở Giao thông vận tải", aliases=(OrgAlias("Sở GTVT"),), valid_to=CUT),
    org(4, "Sở Khoa học và Công nghệ"),
    org(5, "Công an tỉnh", "police"),
    org(6, "Sở Thông tin và Truyền thông", valid_to=CUT),
    org(7, "Văn phòng UBND tỉnh", "office", aliases=(OrgAlias("Văn phòng"),)),
    org(8, "Ủy ban nhân dân xã An Bình", "commune"),
    org(9, "Ủy ban nhân dân phường Bến Sáng", "commune"),
    org(10, "Ủy ban nhân dân huyện Yên Phong", "district", valid_to=date(2025, 7, 1)),
    org(11, "Phòng Kỹ thuật", parent=2),
    org(12, "Ban Dân tộc", valid_to=CUT),
    org(13, "Trung tâm Tân Phú", "centre"), org(14, "Trung tâm Tân Phú", "utility"),
]  # fmt: skip
SUCCESSIONS = [
    OrgSuccession(old_id=3, new_id=2, on_date=CUT, kind="merged", legal_basis="NQ 15"),
    OrgSuccession(old_id=6, new_id=4, on_date=CUT, kind="split", scope="công nghệ thông tin"),
    OrgSuccession(old_id=6, new_id=5, on_date=CUT, kind="split", scope="an ninh mạng"),
    OrgSuccession(old_id=10, new_id=None, on_date=date(2025, 7, 1), kind="abolished"),
]
OWN = [OwnGroup(id=1, name="Tổ liên ngành", key="to lien nganh", members=(2, 5), valid_from=date(2026, 1, 1),
                valid_to=None, decision="QĐ 1")]  # fmt: skip


def directory(today: date = TODAY, own: list[OwnGroup] | None = None) -> Directory:
    return Directory(ORGS, SUCCESSIONS, GROUPS, OWN if own is None else own, today)


def named(text: str, kind: str = "org", *exceptions: str) -> Written:
    return Written(text=text, name=text, kind=kind, exceptions=exceptions, start=0, end=len(text))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "on", "ids"),
    [
        ("Sở Xây dựng", TODAY, [2]),
        ("sở xây dựng tỉnh Bắc Ninh", TODAY, [2]),
        ("SXD", TODAY, [2]),
        ("Công an tỉnh Bắc Ninh", TODAY, [5]),
        ("UBND tỉnh", TODAY, [1]),
        ("Văn phòng Ủy ban nhân dân tỉnh", TODAY, [7]),
        ("UBND xã An Bình", TODAY, [8]),
        ("phường Bến Sáng", TODAY, [9]),
        ("Sở GTVT", THEN, [2]),
        ("Sở Giao thông vận tải", TODAY, [2]),  # a paper of today that still uses the old name
    ],
)
def test_one_unit_is_meant(text: str, on: date, ids: list[int]) -> None:
    party = directory().party(named(text), on)
    assert [each.id for each in party.orgs] == ids and not party.choice_needed


def test_a_merged_department_says_how_it_came_here() -> None:
    [meant] = directory().party(named("Sở GTVT"), THEN).orgs
    assert meant.via is not None
    assert (meant.via.kind, meant.via.from_name, meant.via.on_date, meant.via.legal_basis) == (
        "merged", "Sở Giao thông vận tải", CUT, "NQ 15"
    )  # fmt: skip
    before = directory(THEN).party(named("Sở GTVT"), THEN)
    assert [(each.id, each.via) for each in before.orgs] == [(3, None)]


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("Sở Thông tin và Truyền thông", [4, 5]),  # split
        ("UBND huyện Yên Phong", []),  # abolished
        ("Ban Dân tộc", []),  # ended, and nobody has said who carries on
        ("Trung tâm Tân Phú", [13, 14]),  # two of one name
        ("Cục Hàng không vũ trụ", []),  # not known
        ("Sở Xây dựng Hà Nội", []),  # another province's
    ],
)
def test_a_person_chooses(text: str, may_be: list[int]) -> None:
    party = directory().party(named(text), THEN)
    assert party.choice_needed and party.hint is not None and party.hint.vi and party.hint.en
    assert [each.id for each in party.orgs] == may_be


@pytest.mark.parametrize(
    ("text", "exceptions", "ids", "choose"),
    [
        ("các Sở, Ban, ngành", (), [2, 4, 5, 7], False),
        ("các sở, ngành", ("Công an tỉnh",), [2, 4, 7], False),
        ("các sở, ngành, địa phương", (), [2, 4, 5, 7, 8, 9], False),
        ("UBND các xã, phường", ("xã An Bình",), [9], False),
        ("UBND các xã, phường", ("quận 1",), [8, 9], True),  # an exception that means nobody
        ("UBND các quận, huyện", (), [], True),  # no more since 1 July 2025
        ("các sở, ngành liên quan", (), [2, 4, 5, 7], True),
        ("các đơn vị liên quan", (), [], True),
        ("các thành viên", (), [], True),
        ("Tổ liên ngành", (), [2, 5], False),
        ("các thành viên Tổ liên ngành", ("Sở Xây dựng",), [5], False),
    ],
)
def test_collectives(text: str, exceptions: tuple[str, ...], ids: list[int], choose: bool) -> None:
    party = directory().party(named(text, "collective", *exceptions), TODAY)
    assert (sorted(each.id for each in party.orgs), party.choice_needed) == (ids, choose)


def test_a_group_holds_only_in_its_days_and_says_when_a_member_is_gone() -> None:
    old = msgspec.structs.replace(OWN[0], valid_to=date(2026, 2, 1))
    assert directory(own=[old]).party(named("Tổ liên ngành", "collective"), TODAY).choice_needed
    gone = msgspec.structs.replace(OWN[0], members=(2, 3))
    party = directory(own=[gone]).party(named("Tổ liên ngành", "collective"), TODAY)
    assert party.choice_needed and [each.id for each in party.orgs] == [2]
    districts = next(each for each in GROUPS.groups if each.group == "districts")
    assert directory().members_of(districts) == []


@pytest.mark.parametrize(
    ("written", "called"),
    [
        ("Đồng chí Đặng Huy Hậu, Phó Chủ tịch", "Đặng Huy Hậu, Phó Chủ tịch"),
        ("Ông  Trần Đình Khoa - Ủy viên", "Trần Đình Khoa - Ủy viên"),
        ("đ/c Lê Thị Ý", "Lê Thị Ý"),
        ("Bà Rịa – Vũng Tàu", "Bà Rịa – Vũng Tàu"),
        ("Phó Chủ tịch Trần Minh Quân", "Phó Chủ tịch Trần Minh Quân"),
        ("Ôngk Ba", "Ôngk Ba"),
        ("", ""),
    ],
)
def test_a_leader_is_counted_without_a_salutation(written: str, called: str) -> None:
    assert leader_called(written) == called
