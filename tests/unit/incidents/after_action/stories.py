"""A flood as its log tells it: one deadline missed, one step skipped, a correction, two lessons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from haidang.incidents.after_action.model import (
    AfterAction,
    Entry,
    File,
    Head,
    Lesson,
    LessonTask,
    Linked,
    Reaction,
    Run,
    Step,
    Use,
    decides,
)
from haidang.organisation.service.letterhead import Letterhead

START = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
"""Monday 16 March 2026, 09:30 in Vietnam."""


def after(minutes: float) -> datetime:
    """Return so many minutes after the report."""
    return START + timedelta(minutes=minutes)


LOG = (
    Entry(no=1, at=START, by="Nguyễn Thị Hoa", kind="open", text="Người dân báo ngập đường Trần Phú"),
    Entry(no=2, at=after(2), by="Nguyễn Thị Hoa", kind="verify", text="Thấy trên camera"),
    Entry(no=3, at=after(4), by="Nguyễn Thị Hoa", kind="classify", detail={"severity": [3, 2]}),
    Entry(
        no=4, at=after(21), by="Nguyễn Thị Hoa", kind="dispatch", text="Tới ngay",
        detail={"resources": [{"id": 1, "name": "Xuồng 01"}]},
    ),
    Entry(no=5, at=after(25), by="Trần Văn Ước", kind="observation", text="Nước sâu 40 cm", corrected_by=6),
    Entry(no=6, at=after(26), by="Trần Văn Ước", kind="correction", text="Nước sâu 60 cm", corrects=5),
    Entry(no=7, at=after(50), by="Trần Văn Ước", kind="on_scene"),
    Entry(no=8, at=after(60), by="Lê Quang Ý", kind="decision", text="Cấm đường đoạn cầu Bãi Cháy"),
    Entry(no=9, at=after(90), by="Nguyễn Thị Hoa", kind="contain", text="Nước rút"),
    Entry(no=10, at=after(120), by="Lê Quang Ý", kind="close", text="Đường thông suốt"),
    Entry(no=11, at=after(150), by="Lê Quang Ý", kind="lesson", text="Thiếu máy bơm dự phòng"),
    Entry(no=12, at=after(151), by="Lê Quang Ý", kind="lesson", text="Danh bạ trực ban cũ"),
)  # fmt: skip


def story(**facts: Any) -> AfterAction:
    """Return the flood, with other facts where they are given."""
    found = AfterAction(
        id=7, code="2026-1187", title="Ngập sâu tại khu vực cầu Bãi Cháy",
        text="Người dân báo ngập đường Trần Phú", kind_vi="Ngập lụt", kind_en="Flooding", severity=2,
        state="closed", outcome="Đường thông suốt", source="phone", source_ref="114", place="Đường Trần Phú",
        area="Phường Hồng Gai", location=(107.0751, 20.9581),
        agency=Letterhead(
            name="Trung tâm điều hành thông minh", parent="Ủy ban nhân dân tỉnh Quảng Ninh", short="TTĐH",
            place="Quảng Ninh",
        ),
        orgs=("Trung tâm điều hành thông minh", "Công an tỉnh", "Sở Xây dựng"),
        commander="Lê Quang Ý (Trưởng ca trực)", roles=(("Trực ban công an", "Trần Văn Ước"),),
        is_exercise=False, simulated=False, reported_at=START, closed_at=after(120),
        reactions=(
            Reaction(name="acknowledge", target_at=after(5), met_at=START, state="met"),
            Reaction(name="dispatch", target_at=after(15), met_at=after(21), state="met_late"),
            Reaction(name="on_scene", target_at=after(45), met_at=None, state="late"),
            Reaction(name="close", target_at=after(2880), met_at=after(120), state="met"),
        ),
        log=LOG, log_left_out=0, decisions=tuple(each for each in LOG if decides(each.kind)),
        head=Head(no=12, hash="3fa9c1d2" * 8, sound=True),
        runs=(
            Run(
                procedure="flood-street", version=3, vi="Ngập đường", en="Street flooding", state="finished",
                started_at=START, ended_at=after(90),
                steps=(
                    Step(title_vi="Xác minh qua camera", title_en="Verify", role="Trực ban", state="done",
                         due_at=after(10), opened_at=START, settled_at=after(2), by="Nguyễn Thị Hoa",
                         actions=("Đã báo 2 đơn vị",)),
                    Step(title_vi="Cấm đường", title_en="Close the road", role="Trực ban cảnh sát giao thông",
                         state="done", due_at=after(30), settled_at=after(61), by="Trần Văn Ước", late=True,
                         approved_by="Lê Quang Ý"),
                    Step(title_vi="Cảnh báo người dân", title_en="Warn the public", role="Trưởng ca trực",
                         state="skipped", within=20, settled_at=after(65),
                         reason="Không còn người trong vùng ngập"),
                ),
            ),
        ),
        uses=(
            Use(name="Xuồng 01", kind_vi="Xuồng cứu hộ", kind_en="Rescue boat", org="Công an tỉnh",
                sent_at=after(21), on_scene_at=after(50), ended_at=after(120)),
        ),
        links=(Linked(kind="alert", ref="12", title="Mực nước trên báo động III – Trạm Bãi Cháy",
                      note="P1, 3 lần", at=START),),
        lessons=(
            Lesson(no=11, text="Thiếu máy bơm dự phòng", by="Lê Quang Ý", at=after(150),
                   task=LessonTask(id=41, title="Mua máy bơm", owner="Sở Xây dựng", state="new",
                                   due_end=after(60_000))),
            Lesson(no=12, text="Danh bạ trực ban cũ", by="Lê Quang Ý", at=after(151)),
        ),
        files=(File(name="anh-1.jpg", size_bytes=120_345, sha256="ab" * 32, at=after(30)),),
        made_at=after(200),
    )  # fmt: skip
    return msgspec.structs.replace(found, **facts)
