"""Notices of our own invention: none of them was ever issued by anybody."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from haidang.base.clock import LOCAL


def today() -> date:
    """Return the day on which the centre lives."""
    return datetime.now(UTC).astimezone(LOCAL).date()


HEAD = """ỦY BAN NHÂN DÂN TỈNH
VĂN PHÒNG
Số: {number}

Hải Đăng, ngày {day:%d} tháng {day:%m} năm {day:%Y}

THÔNG BÁO
{subject}

"""
FOOT = """
Nơi nhận:
- Như trên;
- Lưu: VT.

KT. CHÁNH VĂN PHÒNG
PHÓ CHÁNH VĂN PHÒNG
Trần Thị Lành
"""
EARLIER = "88/TB-VP"
EARLIER_DAY = date(2024, 1, 15)


def earlier() -> str:
    """Return a notice of 2024 to a department that has merged since."""
    subject = "Kết luận của Chủ tịch Ủy ban nhân dân tỉnh tại cuộc họp về báo hiệu hàng hải"
    return (
        HEAD.format(number=EARLIER, day=EARLIER_DAY, subject=subject)
        + "Chủ tịch Ủy ban nhân dân tỉnh yêu cầu:\n\n"
        + "1. Sở Báo vụ lập kế hoạch thay thế thiết bị báo hiệu tại các cửa sông.\n"
        + FOOT
    )


PRESENT = """Ngày {before:%d/%m/%Y}, Phó Chủ tịch Ủy ban nhân dân tỉnh Lê Văn Hải đã chủ trì cuộc họp về \
an toàn cửa biển. Sau khi nghe báo cáo, Phó Chủ tịch Ủy ban nhân dân tỉnh kết luận:

Thời gian qua, các đơn vị đã có nhiều cố gắng. Một số đèn báo hiệu đã được thay.

1. Sở Đèn biển chủ trì, phối hợp với Sở Thủy triều rà soát toàn bộ đèn báo hiệu, báo cáo Ủy ban nhân dân \
tỉnh trước ngày {soon:%d/%m/%Y}.

2. Giao Sở Thủy triều xây dựng bản đồ mực nước các cửa sông; hoàn thành trước ngày {late:%d/%m/%Y}.

3. Sở Đèn biển tiếp tục thực hiện Thông báo số {earlier} ngày {then:%d/%m/%Y} về thay thế thiết bị báo hiệu.

4. Ủy ban nhân dân các xã, phường kiểm tra bến neo đậu trên địa bàn, báo cáo kết quả trước \
ngày {soon:%d/%m/%Y}.

5. Các cơ quan báo chí tiếp tục đồng hành cùng ngư dân.
"""


def present(day: date, number: str = "231/TB-VP") -> str:
    """Return a notice of a day: two orders with a date, one without that repeats the earlier notice, one to
    all communes, and an appeal to nobody of the site."""
    subject = "Kết luận của Phó Chủ tịch Ủy ban nhân dân tỉnh tại cuộc họp về an toàn cửa biển"
    told = PRESENT.format(
        before=day - timedelta(days=2),
        soon=day + timedelta(days=30),
        late=day + timedelta(days=60),
        earlier=EARLIER,
        then=EARLIER_DAY,
    )
    return HEAD.format(number=number, day=day, subject=subject) + told + FOOT


PAGE_LETTERS = 2_400
"""Letters on a page of a notice in the layout of Decree 30."""
_PLAIN = (
    "Trong những tháng đầu năm, tình hình sóng gió diễn biến phức tạp. Nhiều chuyến tàu đã về bến muộn hơn. "
    "Lưu lượng hàng hóa qua cảng tăng nhẹ so với cùng kỳ. Thời tiết những tuần tới thuận lợi hơn. "
)
_WORK = (
    "sửa chữa cầu cảng số {no}",
    "rà soát phao tiêu tuyến luồng số {no}",
    "lập phương án trực bão cho bến số {no}",
    "xây dựng kế hoạch nạo vét cửa sông số {no}",
    "kiểm tra đèn hiệu cụm đảo số {no}",
)


def long(day: date, orders: int, pages: int) -> str:
    """Return a notice of many pages with so many orders, each to one unit; every second one says by when."""
    parts = [
        HEAD.format(number="500/TB-VP", day=day, subject="Kết luận tại hội nghị tổng kết công tác cảng biển"),
        "Chủ tịch Ủy ban nhân dân tỉnh kết luận:\n\n",
    ]
    for no in range(1, orders + 1):
        unit = ("Sở Đèn biển", "Sở Thủy triều")[no % 2]
        work = _WORK[no % len(_WORK)].format(no=no)
        by = f", hoàn thành trước ngày {day + timedelta(days=20 + no):%d/%m/%Y}" if no % 2 else ""
        parts.append(f"{no}. Giao {unit} {work}{by}.\n\n")
        while sum(map(len, parts)) < no * pages * PAGE_LETTERS / orders:
            parts.append(_PLAIN)
        parts.append("\n\n")
    return "".join(parts) + FOOT
