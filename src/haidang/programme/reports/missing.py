"""What a report should say and the register does not hold, and whom to ask; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from haidang.programme.reports.model import Kind, Line, Missing, Notes

_BUILDING = frozenset({"new_start", "transitional", "completing"})
Lacks = Callable[[Line], bool]


def _rules(year: int) -> tuple[tuple[str, bool, Lacks], ...]:
    """Return (what, whether its owner has it and not who keeps the programme, which project lacks it)."""
    return (
        ("Cơ quan quyết định đầu tư", True, lambda line: line.deciding is None),
        ("Tổng mức đầu tư, quyết định đầu tư", True, lambda line: line.total_dong is None),
        ("Thời gian khởi công, hoàn thành", True, lambda line: None in (line.start_on, line.finish_on)),
        (f"Kế hoạch vốn năm {year}", False, lambda line: line.current_dong is None),
        (f"Chứng từ giải ngân của Kho bạc năm {year}", False, lambda line: line.paid_dong is None),
        ("Mốc tiến độ", True, lambda line: not line.milestones),
        ("Tiến độ hiện trường", True, lambda line: line.physical_pct is None),
        (
            "Giá trị khối lượng nghiệm thu",
            True,
            lambda line: bool(line.contracts) and line.accepted_dong is None,
        ),
        ("Gói thầu, kết quả lựa chọn nhà thầu", True, lambda line: not line.packages and not line.contracts),
        ("Hợp đồng", True, lambda line: line.phase in _BUILDING and not line.contracts),
    )


def missing(
    kind: Kind, lines: Sequence[Line], *, year: int, keeper: str, notes: Notes, supervisors: Mapping[int, str]
) -> tuple[Missing, ...]:
    """Return what is missing, each thing once for each unit that is to be asked, in the order of the report.

    ``keeper`` keeps the programme's plans and payments. Quality has no field in the register: it is asked of
    the project's supervisor, or its owner, unless the issuer says it.
    """
    found: list[Missing] = []
    for what, of_owner, lacks in _rules(year):
        asked = Counter(line.owner if of_owner else keeper for line in lines if lacks(line))
        found += [Missing(what=what, ask=unit, projects=number) for unit, number in asked.items()]
    if kind == "overview":
        asked = Counter(line.owner for line in lines if not line.reported)
        what = "Báo cáo giám sát của chủ đầu tư trong kỳ"
        found += [Missing(what=what, ask=unit, projects=number) for unit, number in asked.items()]
    if kind != "monthly" and notes.quality is None:
        asked = Counter(supervisors.get(line.id, line.owner) for line in lines)
        what = "Chất lượng công việc, sản phẩm (sổ không có mục này)"
        found += [Missing(what=what, ask=unit, projects=number) for unit, number in asked.items()]
    return tuple(found)
