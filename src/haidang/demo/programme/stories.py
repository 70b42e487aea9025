"""The four stories of the made-up programme, and what stands in the way of its projects. Pure data.

*Late*: cameras wait for their sites and their import, milestones slip, the contract runs out.
*Re-appraised*: the operations centre's estimate is appraised anew and its total raised by a decision.
*Equipment changed*: controllers of the traffic centre come in another model, with annex and appraisal; a
second change waits for its appraisal. *Replaced*: the schools' contractor is warned, asked, given time, cut
and replaced.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec

from haidang.demo.programme.calendar import Month, day_in, month_of, working
from haidang.demo.programme.made import Made, Ref, Told
from haidang.demo.programme.schemes import SIMULATED
from haidang.demo.programme.telling import OUT_AFTER
from haidang.demo.programme.works import MILLION
from haidang.programme.model.cases import Act, CutScope, Demand, Plan, Replace, Reply, Warn
from haidang.programme.service.bottlenecks import Cause

HEAD = "Giám đốc đơn vị chủ đầu tư (mô phỏng)"
CHAIRMAN = "Chủ tịch UBND tỉnh (mô phỏng)"
BUILDER = "Đại diện nhà thầu (mô phỏng)"


SPOKEN_OF: tuple[tuple[str, int, str], ...] = (
    ("41/TB-UBND", 1, "cameras-1"), ("68/TB-UBND", 0, "cameras-2"), ("68/TB-UBND", 1, "traffic"),
    ("68/TB-UBND", 2, "ioc"), ("68/TB-UBND", 3, "schools-1"),
)  # fmt: skip
"""Which directive of which notice has to do with which project."""


class Amended(msgspec.Struct, frozen=True):
    """A record that is said anew on a day."""

    on: date
    kind: str
    key: str
    facts: dict[str, Any]


class Stepped(msgspec.Struct, frozen=True):
    """A step against the contractor of a contract; the first one warns."""

    on: date
    contract: str
    act: Warn | Act
    new_contract: str = ""


class Hindered(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the way of a project, and how far the unit that has it is."""

    word: str
    cause: Cause
    text: str
    owner: str
    reported: int
    """Days before today."""
    due: int
    """Days from today; below zero it is overdue."""
    billion: float
    ways: tuple[str, ...] = ("receive",)


HINDERED: tuple[Hindered, ...] = (
    Hindered(
        word="cameras-2",
        cause="clearance",
        owner="HD004",
        reported=95,
        due=-41,
        billion=58,
        text="Chưa bàn giao vị trí dựng cột tại 214 điểm; hè đường vướng công trình ngầm",
        ways=("receive", "start"),
    ),
    Hindered(
        word="cameras-2",
        cause="equipment",
        owner="police",
        reported=50,
        due=12,
        billion=64,
        text="Lô camera thứ hai chưa có giấy chứng nhận hợp quy, chưa thông quan",
        ways=("receive", "start", "progress"),
    ),
    Hindered(
        word="ioc",
        cause="appraisal",
        owner="finance",
        reported=190,
        due=-120,
        billion=27,
        text="Chờ thẩm định giá phần mềm điều hành theo dự toán điều chỉnh",
        ways=("receive", "start", "report", "accept"),
    ),
    Hindered(
        word="traffic",
        cause="price",
        owner="finance",
        reported=48,
        due=-9,
        billion=11,
        text="Thẩm định giá lần hai cho bộ điều khiển thay thế chưa có kết quả",
        ways=("receive", "start"),
    ),
    Hindered(
        word="schools-1",
        cause="contractor",
        owner="education",
        reported=300,
        due=-150,
        billion=19,
        text="Nhà thầu thiếu nhân lực, dừng thi công 5 trường",
        ways=("receive", "start", "progress", "report", "accept"),
    ),
    Hindered(
        word="land",
        cause="other",
        owner="environment",
        reported=70,
        due=20,
        billion=18,
        text="Số liệu đo đạc của 4 xã chưa thống nhất sau sắp xếp địa giới",
        ways=("receive", "start", "progress"),
    ),
    Hindered(
        word="drainage",
        cause="capital",
        owner="finance",
        reported=33,
        due=-3,
        billion=8,
        text="Phân bổ chi tiết chậm, chưa nhập dự toán trên hệ thống của Kho bạc",
        ways=("receive",),
    ),
    Hindered(
        word="signals",
        cause="contractor",
        owner="construction",
        reported=26,
        due=18,
        billion=6,
        text="Nhà thầu chậm giao tủ điều khiển so với tiến độ hợp đồng",
        ways=("receive", "start"),
    ),
    Hindered(
        word="hospitals",
        cause="appraisal",
        owner="healthcare",
        reported=15,
        due=25,
        billion=9,
        text="Ba bệnh viện chưa trình hồ sơ cấp độ an toàn hệ thống thông tin",
        ways=(),
    ),
    Hindered(
        word="schools-2",
        cause="appraisal",
        owner="construction",
        reported=20,
        due=4,
        billion=2,
        text="Chờ ý kiến thẩm định thiết kế cơ sở của 6 trường",
        ways=("receive",),
    ),
)


def told(project: Made, today: date) -> Iterator[Told]:
    """Yield the records that a story adds to its project."""
    this, story = month_of(today), project.scheme.story
    if story == "reappraised" and project.raised is not None:
        yield from _reappraised(project, project.raised, this)
    if story == "equipment":
        yield from _equipment(project, this)
    if story == "replaced":
        yield from _cut(project, this)


def _reappraised(project: Made, raised: int, this: Month) -> Iterator[Told]:
    last = len(project.works) - 1
    contract, more = Ref(f"contract:{last}"), raised - project.total
    asked = day_in(this - 9, 6)
    yield Told(
        this - 7, "price_appraisal",
        {"contract_id": contract, "subject": f"Dự toán điều chỉnh phần mềm điều hành {SIMULATED}",
         "requested_on": asked, "requested_dong": more + 1_900 * MILLION,
         "appraiser": f"Sở Tài chính {SIMULATED}", "due_on": asked + timedelta(days=28),
         "appraised_on": day_in(this - 7, 16),
         "amount_dong": more,
         "document": f"Chứng thư thẩm định giá 14 {SIMULATED}",
         "result": "Chấp thuận phần tăng do bổ sung kết nối 5 hệ thống; giảm 1,9 tỷ đồng so với đề nghị"},
        "appraisal",
    )  # fmt: skip
    value = project.works[last].value
    yield Told(
        this - 5, "contract_change",
        {"contract_id": contract, "kind": "value", "old_dong": value - more, "new_dong": value,
         "reason": f"Theo tổng mức đầu tư được điều chỉnh {SIMULATED}", "signed_on": day_in(this - 5, 12),
         "document": f"Phụ lục giá trị của {project.number(last)} {SIMULATED}"},
    )  # fmt: skip


_ITEMS = (
    ("Bộ điều khiển đèn tín hiệu", 64, "ĐK-400", "ĐK-520", 8),
    ("Camera đo đếm lưu lượng", 210, "CM-2K", "CM-2K", 9),
    ("Máy chủ phân tích hình ảnh", 12, "MC-8G", "", 0),
    ("Bảng thông tin giao thông", 18, "BT-P6", "BT-P6", 6),
)
"""Name, number, planned and delivered model, months before today of the delivery."""


def _equipment(project: Made, this: Month) -> Iterator[Told]:
    contract, main = Ref("contract:1"), project.works[1]
    for number, (name, quantity, planned, _, _) in enumerate(_ITEMS):
        yield Told(
            main.begin + 3, "equipment_item",
            {"contract_id": contract, "name": name, "quantity": quantity, "planned_model": planned,
             "ordered_on": day_in(main.begin + 3, 15)},
            f"item:{number}",
        )  # fmt: skip
    yield Told(
        this - 9, "price_appraisal",
        {"contract_id": contract, "subject": f"Giá bộ điều khiển ĐK-520 thay cho ĐK-400 {SIMULATED}",
         "requested_on": day_in(this - 10, 8), "requested_dong": 9_860 * MILLION,
         "appraiser": f"Sở Tài chính {SIMULATED}", "due_on": day_in(this - 9, 6),
         "appraised_on": day_in(this - 9, 21), "amount_dong": 9_410 * MILLION,
         "document": f"Chứng thư thẩm định giá 09 {SIMULATED}",
         "result": "Thiết bị thay thế tương đương hoặc tốt hơn, giá không vượt giá hợp đồng"},
        "appraisal",
    )  # fmt: skip
    for at, old, new, key in (
        (this - 8, "ĐK-400", "ĐK-520", "change"),
        (this - 2, "MC-8G", "MC-8G Pro", "second"),
    ):
        yield Told(
            at, "contract_change",
            {"contract_id": contract, "kind": "equipment", "old_text": old, "new_text": new,
             "reason": f"Hãng dừng sản xuất model trong hợp đồng {SIMULATED}", "signed_on": day_in(at, 6),
             "document": f"Phụ lục thiết bị {old} của {project.number(1)} {SIMULATED}"},
            key,
        )  # fmt: skip
    yield Told(
        this - 2, "price_appraisal",
        {"contract_id": contract, "subject": f"Giá máy chủ MC-8G Pro thay cho MC-8G {SIMULATED}",
         "requested_on": day_in(this - 2, 7), "requested_dong": 14_300 * MILLION,
         "appraiser": f"Sở Tài chính {SIMULATED}", "due_on": day_in(this - 1, 5)},
    )  # fmt: skip


def _cut(project: Made, this: Month) -> Iterator[Told]:
    left = cut_to(project)
    at, value = this - OUT_AFTER + 1, project.works[1].value
    yield Told(
        at, "contract_change",
        {"contract_id": Ref("contract:1"), "kind": "scope",
         "new_text": "Cắt phần việc của 5 trường chưa thi công", "old_text": "12 trường",
         "reason": f"Nhà thầu không thực hiện kế hoạch khắc phục {SIMULATED}",
         "document": f"Phụ lục cắt giảm của {project.number(1)} {SIMULATED}", "signed_on": day_in(at, 10)},
    )  # fmt: skip
    yield Told(
        at, "contract_change",
        {"contract_id": Ref("contract:1"), "kind": "value", "old_dong": value, "new_dong": left,
         "reason": f"Giá trị còn lại sau cắt giảm khối lượng {SIMULATED}", "signed_on": day_in(at, 10),
         "document": f"Phụ lục giá trị của {project.number(1)} {SIMULATED}"},
    )  # fmt: skip


def cut_to(project: Made) -> int:
    """Return the value of a contract after its cut: what was accepted, or paid of it if that is more."""
    built = sum(each.dong for each in project.course.accepted if each.work == 1)
    paid = sum(
        -each.dong if each.kind == "recovery" else each.dong for each in project.course.paid if each.work == 1
    )
    return max(built, paid)


def amended(project: Made, today: date) -> Iterator[Amended]:
    """Yield what is said anew of a story's records."""
    this, story = month_of(today), project.scheme.story
    if story == "equipment":
        for number, (_, _, _, delivered, before) in enumerate(_ITEMS):
            if not delivered:
                continue
            facts: dict[str, Any] = {
                "delivered_model": delivered, "delivered_on": day_in(this - before, 18),
                "imported_on": day_in(this - before, 9), "installed_on": day_in(this - before + 2, 22),
            }  # fmt: skip
            if number == 0:
                facts |= {"change_id": Ref("change"), "appraisal_id": Ref("appraisal")}
            yield Amended(day_in(this - before + 2, 25), "equipment_item", f"item:{number}", facts)
    if story == "replaced":
        on = day_in(this - OUT_AFTER + 2, 24)
        facts = {"ended_on": on, "end_kind": "terminated",
                 "end_document": f"Quyết định chấm dứt {project.number(1)} {SIMULATED}"}  # fmt: skip
        yield Amended(on, "contract", "contract:1", facts)


def stepped(project: Made, today: date) -> Iterator[Stepped]:
    """Yield the steps against contractors."""
    this, name = month_of(today), project.scheme.word
    if project.scheme.story == "replaced":
        for day, act, new in _replacement(project, this):
            yield Stepped(day, "contract:1", act, new)
    if name == "signals":
        warned, asked = today - timedelta(days=34), today - timedelta(days=12)
        yield Stepped(working(warned), "contract:1", Warn(
            document=f"118/CV-SXD {SIMULATED}", dated_on=working(warned), decided_by=HEAD,
            text="Nhắc nhở nhà thầu chậm giao tủ điều khiển 30 ngày so với tiến độ hợp đồng.",
        ))  # fmt: skip
        yield Stepped(working(asked), "contract:1", Demand(
            document=f"131/CV-SXD {SIMULATED}", dated_on=working(asked), decided_by=HEAD,
            text="Yêu cầu giao đủ tủ điều khiển và gửi kế hoạch khắc phục.",
        ))  # fmt: skip


def _replacement(project: Made, this: Month) -> Iterator[tuple[date, Warn | Act, str]]:
    def day(before: int, of_month: int) -> date:
        return working(day_in(this - before, of_month))

    warned, asked, answered = day(12, 6), day(11, 5), day(11, 9)
    planned, cut, replaced = day(10, 4), day(OUT_AFTER - 1, 8), day(3, 20)
    yield warned, Warn(
        document=f"46/CV-SGDĐT {SIMULATED}", dated_on=warned, decided_by=HEAD,
        text="Khối lượng nghiệm thu đạt 41 % kế hoạch; nhắc nhở nhà thầu bổ sung nhân lực.",
    ), ""  # fmt: skip
    yield asked, Demand(
        document=f"58/CV-SGDĐT {SIMULATED}", dated_on=asked, decided_by=HEAD,
        text="Yêu cầu bằng văn bản: hoàn thành 4 trường trong 45 ngày, báo cáo hằng tuần.",
    ), ""  # fmt: skip
    yield answered, Reply(
        document=f"27/CV-NT {SIMULATED}", dated_on=answered, decided_by=BUILDER,
        text="Nhà thầu xin điều chỉnh tiến độ do thiếu thiết bị nhập khẩu, cam kết khắc phục.",
    ), ""  # fmt: skip
    yield planned, Plan(
        document=f"63/CV-SGDĐT {SIMULATED}", dated_on=planned, decided_by=HEAD,
        text="Chấp thuận kế hoạch khắc phục của nhà thầu.", plan_until=planned + timedelta(days=45),
    ), ""  # fmt: skip
    yield cut, CutScope(
        document=f"312/QĐ-UBND {SIMULATED}", dated_on=cut, decided_by=CHAIRMAN,
        text="Kế hoạch khắc phục không được thực hiện; cắt phần việc của 5 trường.",
        cut_dong=project.works[1].value - cut_to(project),
    ), ""  # fmt: skip
    yield replaced, Replace(
        document=f"377/QĐ-UBND {SIMULATED}", dated_on=replaced, decided_by=CHAIRMAN,
        text="Giao nhà thầu khác thực hiện phần việc còn lại theo hợp đồng mới.",
    ), "contract:2"  # fmt: skip
