"""How fast directives are read: an ordinary notice repeated, and texts made to be slow.

The ordinary text is invented and holds what notices hold: head, narrative, headings, bullets, lists of units,
deadlines. Hostile texts repeat what the rules look for a million characters long; none may take much longer
than an ordinary text of its length.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from statistics import median
from typing import Any

from haidang.directives.extraction import read

GOAL_KB_PER_S = 200.0
HOSTILE_GOAL_S = 30.0
"""For a million characters."""
NOTICE = """THÔNG BÁO
Kết luận của Chủ tịch UBND tỉnh tại cuộc họp về tiến độ chuyển đổi số

Ngày 04/3/2024, đồng chí Nguyễn Văn A, Chủ tịch UBND tỉnh chủ trì cuộc họp. Sau khi nghe Sở Khoa học và \
Công nghệ báo cáo, ý kiến của các đại biểu dự họp, Chủ tịch UBND tỉnh kết luận như sau:

Thời gian qua, các sở, ngành, địa phương đã tích cực triển khai; tuy nhiên tiến độ còn chậm, kết nối dữ \
liệu giữa các ngành chưa đồng bộ.

1. Sở Khoa học và Công nghệ:
a) Chủ trì, phối hợp với Công an tỉnh, Sở Tài chính và UBND các huyện, thị xã, thành phố rà soát 47 hệ \
thống thông tin; báo cáo UBND tỉnh trước ngày 20/3/2024.
b) Khẩn trương hoàn thiện hồ sơ cấp độ an toàn thông tin theo Thông báo số 15/TB-UBND ngày 12/01/2024 \
của UBND tỉnh.
2. Giao các sở Y tế, Giáo dục và Đào tạo, Xây dựng số hóa hồ sơ, hoàn thành trong quý III/2024; định kỳ \
hằng tháng gửi kết quả về Sở Khoa học và Công nghệ để tổng hợp.
3. Chủ tịch UBND các huyện, thị xã, thành phố (trừ huyện đảo Cô Tô) chịu trách nhiệm trước UBND tỉnh về \
tiến độ trên địa bàn.

"""
HOSTILE = {
    "orders": "giao Sở Xây dựng, ",
    "names": "các sở, ban, ngành, ",
    "capitals": "UBND Quận Bình Thạnh - ",
    "dates": "trước ngày 1/1, chậm nhất ",
    "numbers": "1.1.1. số 12/TB-",
    "brackets": "((( trừ ",
    "letters": "a",
    "spaces": " \t",
    "lines": "-\n",
    "marks": "hoà\u0323\u0301",
    "companies": "Công ty TNHH MTV cổ phần ",
    "cooperation": "phối hợp với ",
    "meetings": "Ngày 1/1/2020, hội nghị ",
}


def bench_extraction(*, kilobytes: int, hostile: bool, say: Callable[[str], None]) -> dict[str, Any]:
    """Read the ordinary text of so many kB five times and each hostile one once; return the report."""
    unit = len(NOTICE.encode())
    text = NOTICE * max(1, kilobytes * 1_000 // unit)
    size = len(text.encode())
    times = []
    for number in range(5):
        say(f"notice, {size // 1_000} kB, round {number + 1}")
        times.append(_seconds(text)[0])
    report: dict[str, Any] = {
        "kilobytes": size / 1_000,
        "kb_per_s": size / 1_000 / median(times),
        "goal_kb_per_s": GOAL_KB_PER_S,
        "items": _seconds(NOTICE)[1],
        "hostile": {},
    }
    for name, piece in HOSTILE.items() if hostile else ():
        say(f"hostile: {name}")
        report["hostile"][name] = _seconds(piece * (1_000_000 // len(piece)))[0]
    slowest = max(report["hostile"].values(), default=0.0)
    report["met"] = report["kb_per_s"] >= GOAL_KB_PER_S and slowest <= HOSTILE_GOAL_S
    return report


def _seconds(text: str) -> tuple[float, int]:
    begun = time.perf_counter()
    items = len(read(text, issued_on=date(2024, 3, 4)).items)
    return time.perf_counter() - begun, items
