"""Who is addressed: spellings, shared heads, heads of units, groups, and where a name ends."""

from __future__ import annotations

import pytest

from haidang.directives.extraction import read, shipped

CASES = [
    ("Sở TN-MT, Xây dựng và UBND H.Bắc Bình kiểm tra",
     ["Sở Tài nguyên và Môi trường", "Sở Xây dựng", "UBND huyện Bắc Bình"]),
    ("Sở LĐ-TB&XH, Sở GD&ĐT báo cáo", ["Sở Lao động - Thương binh và Xã hội", "Sở Giáo dục và Đào tạo"]),
    ("Sở Nông nghiệp và PTNT rà soát", ["Sở Nông nghiệp và Phát triển nông thôn"]),
    ("các Sở: Kế hoạch và Đầu tư, Tài chính; Công an tỉnh tổ chức",
     ["Sở Kế hoạch và Đầu tư", "Sở Tài chính", "Công an tỉnh"]),
    ("các sở, ngành: Xây dựng, Công an tỉnh, Thanh tra tỉnh phối hợp",
     ["Sở Xây dựng", "Công an tỉnh", "Thanh tra tỉnh"]),
    ("Giám đốc Sở Xây dựng TP Hà Nội chỉ đạo", ["Sở Xây dựng"]),
    ("Chánh Văn phòng UBND tỉnh tham mưu", ["Văn phòng UBND tỉnh"]),
    ("đồng chí Nguyễn Văn A - Giám đốc Sở Tài chính chỉ đạo", ["Sở Tài chính"]),
    ("Chủ tịch các quận 1, 3 và quận Bình Thạnh báo cáo",
     ["UBND quận 1", "UBND quận 3", "UBND quận Bình Thạnh"]),
    ("UBND các huyện Bình Sơn, Sơn Tịnh và thành phố Quảng Ngãi tổ chức",
     ["UBND huyện Bình Sơn", "UBND huyện Sơn Tịnh", "UBND thành phố Quảng Ngãi"]),
    ("Thủ trưởng các Sở, Ban, ngành và Chủ tịch UBND các địa phương rà soát",
     ["các Sở, Ban, ngành", "UBND các địa phương"]),
    ("các cơ quan chức năng, đơn vị liên quan tổ chức truy quét",
     ["các cơ quan chức năng, đơn vị liên quan"]),
    ("UBND các quận, huyện có tuyến đường đi qua, trước ngày 15/9, phải kiểm tra", ["UBND các quận, huyện"]),
    ("Công ty TNHH MTV khai thác công trình thủy lợi kiểm tra",
     ["Công ty TNHH MTV khai thác công trình thủy lợi"]),
    ("Ban Quản lý dự án đầu tư xây dựng công trình giao thông tỉnh xây dựng kế hoạch",
     ["Ban Quản lý dự án đầu tư xây dựng công trình giao thông tỉnh"]),
    ("Ban Quản lý dự án đầu tư xây dựng và phát triển đô thị báo cáo",
     ["Ban Quản lý dự án đầu tư xây dựng và phát triển đô thị"]),
    ("Trung tâm Phát triển quỹ đất tỉnh lập phương án", ["Trung tâm Phát triển quỹ đất tỉnh"]),
    ("Bộ Chỉ huy Quân sự, Bộ Chỉ huy BĐBP tỉnh sẵn sàng lực lượng",
     ["Bộ Chỉ huy Quân sự", "Bộ Chỉ huy Bộ đội Biên phòng tỉnh"]),
    ("Uỷ ban nhân dân (UBND) huyện Thuỷ Nguyên rà soát", ["UBND huyện Thuỷ Nguyên"]),
    ("quận 5 làm rõ", ["UBND quận 5"]),
    ("Đoàn thanh tra và tỉnh cần chủ động", ["Đoàn thanh tra"]),
]  # fmt: skip


@pytest.mark.parametrize(("words", "names"), CASES, ids=[words[:30] for words, _ in CASES])
def test_names_are_read(words: str, names: list[str]) -> None:
    reading = read(f"UBND tỉnh giao {words}.")
    assert [name.name for name in reading.items[0].lead] == names


def test_a_name_keeps_the_words_of_the_document() -> None:
    raw = "UBND tỉnh giao các sở QHKT, Xây dựng báo cáo."
    leads = read(raw).items[0].lead
    assert [name.text for name in leads] == ["các sở QHKT", "Xây dựng"]


def test_a_site_adds_its_units() -> None:
    raw = "UBND phường giao Tổ cơ động số 3 trực chốt; giao VP 2 báo cáo."
    gazetteer = shipped().with_names(
        [("Tổ cơ động liên ngành số 3", ("Tổ cơ động số 3",)), ("Văn phòng 2", ("VP 2",))]
    )
    items = read(raw, gazetteer=gazetteer).items
    assert [item.lead[0].name for item in items] == ["Tổ cơ động liên ngành số 3", "Văn phòng 2"]
    assert all("names.site" in item.rules for item in items)


def test_abbreviations_and_names_are_one() -> None:
    found = shipped()
    assert len(found.names) + sum(len(branch) for branch in found.branches.values()) > 500
    for spellings in found.branches.values():
        assert all(key.isalnum() for key in spellings)


def test_a_department_that_no_list_knows_is_one_unit() -> None:
    (name,) = read("UBND tỉnh giao Sở Thủy triều sửa chữa cầu cảng số 5.").items[0].lead
    assert (name.name, name.kind) == ("Sở Thủy triều", "org")
