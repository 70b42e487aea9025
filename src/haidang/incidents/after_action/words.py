"""Words of the papers: kinds of entries, states, times and how long something took. Vietnamese first."""

from __future__ import annotations

from datetime import datetime, timedelta

from haidang.base.clock import LOCAL

KINDS: dict[str, tuple[str, str]] = {
    "open": ("Tiếp nhận, mở sự cố", "Opened"),
    "acknowledge": ("Trực ban tiếp nhận", "Acknowledged"),
    "verify": ("Xác minh", "Verified"),
    "describe": ("Sửa mô tả", "Described"),
    "classify": ("Phân loại", "Classified"),
    "assign_commander": ("Giao chỉ huy", "Commander assigned"),
    "set_role": ("Phân công vai trò", "Role set"),
    "dispatch": ("Điều động", "Dispatched"),
    "on_scene": ("Có mặt tại hiện trường", "On scene"),
    "contain": ("Khống chế", "Contained"),
    "close": ("Kết thúc", "Closed"),
    "reject": ("Loại", "Rejected"),
    "merge": ("Gộp vào sự cố khác", "Merged into another"),
    "absorb": ("Nhận gộp sự cố", "Another was merged into it"),
    "split": ("Tách sự cố", "Split"),
    "link": ("Gắn thông tin", "Linked"),
    "unlink": ("Bỏ gắn", "Unlinked"),
    "invite": ("Mời đơn vị tham gia", "Units invited"),
    "escalate": ("Xin ý kiến cấp trên", "Escalated"),
    "note": ("Ghi chú", "Note"),
    "call": ("Cuộc gọi", "Call"),
    "decision": ("Quyết định", "Decision"),
    "observation": ("Quan sát", "Observation"),
    "media": ("Báo chí, mạng xã hội", "Media"),
    "lesson": ("Bài học", "Lesson"),
    "lesson-task": ("Giao nhiệm vụ từ bài học", "Lesson became a task"),
    "correction": ("Đính chính", "Correction"),
    "late": ("Quá hạn", "Late"),
    "join": ("Cảnh báo gắn thêm", "Alert joined"),
    "resource-on_way": ("Lực lượng xuất phát", "Resource on its way"),
    "resource-on_scene": ("Lực lượng đến nơi", "Resource on scene"),
    "resource-release": ("Lực lượng rút", "Resource released"),
}

REACTIONS: dict[str, tuple[str, str]] = {
    "acknowledge": ("Tiếp nhận", "Acknowledged"),
    "dispatch": ("Điều động lực lượng", "Dispatched"),
    "on_scene": ("Có mặt tại hiện trường", "On scene"),
    "contain": ("Khống chế", "Contained"),
    "close": ("Kết thúc", "Closed"),
}

STATES: dict[str, tuple[str, str]] = {
    "reported": ("Mới báo", "Reported"),
    "verified": ("Đã xác minh", "Verified"),
    "classified": ("Đã phân loại", "Classified"),
    "assigned": ("Đang xử lý", "Assigned"),
    "contained": ("Đã khống chế", "Contained"),
    "closed": ("Đã kết thúc", "Closed"),
    "rejected": ("Đã loại", "Rejected"),
    "merged": ("Đã gộp", "Merged"),
}

SOURCES: dict[str, tuple[str, str]] = {
    "alert": ("Cảnh báo của hệ thống", "An alert"),
    "citizen": ("Người dân", "A citizen"),
    "phone": ("Điện thoại", "By phone"),
    "system": ("Hệ thống khác", "Another system"),
    "hand": ("Trực ban nhập", "By hand"),
}

STEPS: dict[str, tuple[str, str]] = {
    "waiting": ("Chưa mở", "Not opened"),
    "unneeded": ("Không cần", "Not needed"),
    "asked": ("Chờ trực ban quyết định", "Waiting for the operator"),
    "open": ("Đang thực hiện", "Under way"),
    "approving": ("Chờ phê duyệt", "Waiting for approval"),
    "done": ("Hoàn thành", "Done"),
    "skipped": ("Bỏ qua", "Skipped"),
}

RUNS: dict[str, tuple[str, str]] = {
    "running": ("đang thực hiện", "running"),
    "finished": ("đã hoàn thành", "finished"),
    "stopped": ("đã dừng", "stopped"),
}

LINKS: dict[str, tuple[str, str]] = {
    "alert": ("Cảnh báo", "Alert"),
    "entity": ("Đối tượng", "Entity"),
    "camera": ("Camera", "Camera"),
    "report": ("Phản ánh", "Report"),
    "incident": ("Sự cố liên quan", "Related incident"),
    "warning": ("Bản tin cảnh báo", "Warning"),
}

ABSENT = "Chưa có"
"""Missing is not zero."""


def vi(words: dict[str, tuple[str, str]], word: str) -> str:
    """Return a word in Vietnamese; one that nobody has a word for shows as it is."""
    return words[word][0] if word in words else word


def at(moment: datetime | None) -> str:
    """Return "14:03:27 22/11/2026" in Vietnam's wall time, or that it is missing."""
    return ABSENT if moment is None else f"{moment.astimezone(LOCAL):%H:%M:%S %d/%m/%Y}"


def long(span: timedelta) -> str:
    """Return how long something took, in its two largest units: "2 phút 10 giây", "1 ngày 3 giờ"."""
    seconds = abs(round(span.total_seconds()))
    parts: list[str] = []
    for size, word in ((86_400, "ngày"), (3_600, "giờ"), (60, "phút"), (1, "giây")):
        count, seconds = divmod(seconds, size)
        if count or (parts and len(parts) < 2):
            parts.append(f"{count} {word}" if count else "")
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if part) or "0 giây"
