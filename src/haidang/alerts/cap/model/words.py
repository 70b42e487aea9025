"""The closed lists of CAP 1.2 (OASIS, 1 July 2010, § 3.2), each word as our screens call it."""

from __future__ import annotations

from typing import Literal

import msgspec

Status = Literal["Actual", "Exercise", "System", "Test", "Draft"]
MsgType = Literal["Alert", "Update", "Cancel", "Ack", "Error"]
Scope = Literal["Public", "Restricted", "Private"]
Category = Literal[
    "Geo",
    "Met",
    "Safety",
    "Security",
    "Rescue",
    "Fire",
    "Health",
    "Env",
    "Transport",
    "Infra",
    "CBRNE",
    "Other",
]
ResponseType = Literal[
    "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"
]
Urgency = Literal["Immediate", "Expected", "Future", "Past", "Unknown"]
Severity = Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
Certainty = Literal["Observed", "Likely", "Possible", "Unlikely", "Unknown"]


class Word(msgspec.Struct, frozen=True):
    """A word of the standard as people read it."""

    vi: str
    en: str


WORDS: dict[str, dict[str, Word]] = {
    "status": {
        "Actual": Word("Thực tế", "Actual"),
        "Exercise": Word("Diễn tập", "Exercise"),
        "System": Word("Hệ thống", "System"),
        "Test": Word("Thử kỹ thuật", "Test"),
        "Draft": Word("Dự thảo", "Draft"),
    },
    "msg_type": {
        "Alert": Word("Bản tin mới", "Alert"),
        "Update": Word("Cập nhật", "Update"),
        "Cancel": Word("Hủy bản tin", "Cancel"),
    },
    "scope": {
        "Public": Word("Công khai", "Public"),
        "Restricted": Word("Hạn chế", "Restricted"),
        "Private": Word("Chỉ người nhận được nêu", "Private"),
    },
    "category": {
        "Geo": Word("Địa chất", "Geophysical"),
        "Met": Word("Khí tượng, thủy văn", "Meteorological, floods"),
        "Safety": Word("An toàn công cộng", "Public safety"),
        "Security": Word("An ninh, trật tự", "Security"),
        "Rescue": Word("Cứu nạn, cứu hộ", "Rescue"),
        "Fire": Word("Cháy, nổ", "Fire"),
        "Health": Word("Y tế", "Health"),
        "Env": Word("Môi trường", "Environment"),
        "Transport": Word("Giao thông", "Transport"),
        "Infra": Word("Hạ tầng", "Infrastructure"),
        "CBRNE": Word("Hóa học, sinh học, phóng xạ, hạt nhân", "Chemical, biological, nuclear"),
        "Other": Word("Khác", "Other"),
    },
    "response_type": {
        "Shelter": Word("Trú ẩn tại chỗ", "Shelter"),
        "Evacuate": Word("Sơ tán", "Evacuate"),
        "Prepare": Word("Chuẩn bị", "Prepare"),
        "Execute": Word("Thực hiện phương án đã có", "Execute a plan"),
        "Avoid": Word("Tránh khu vực", "Avoid"),
        "Monitor": Word("Theo dõi tin tức", "Monitor"),
        "Assess": Word("Đánh giá tình hình", "Assess"),
        "AllClear": Word("Đã hết nguy hiểm", "All clear"),
        "None": Word("Không cần hành động", "None"),
    },
    "urgency": {
        "Immediate": Word("Ngay lập tức", "Immediate"),
        "Expected": Word("Trong một giờ tới", "Expected"),
        "Future": Word("Sắp tới", "Future"),
        "Past": Word("Đã qua", "Past"),
        "Unknown": Word("Chưa rõ", "Unknown"),
    },
    "severity": {
        "Extreme": Word("Đặc biệt nghiêm trọng", "Extreme"),
        "Severe": Word("Nghiêm trọng", "Severe"),
        "Moderate": Word("Trung bình", "Moderate"),
        "Minor": Word("Nhẹ", "Minor"),
        "Unknown": Word("Chưa rõ", "Unknown"),
    },
    "certainty": {
        "Observed": Word("Đã quan sát thấy", "Observed"),
        "Likely": Word("Nhiều khả năng (trên 50%)", "Likely"),
        "Possible": Word("Có thể", "Possible"),
        "Unlikely": Word("Ít khả năng", "Unlikely"),
        "Unknown": Word("Chưa rõ", "Unknown"),
    },
}

RISK_SEVERITY: dict[int, Severity] = {1: "Minor", 2: "Moderate", 3: "Severe", 4: "Extreme", 5: "Extreme"}
"""Level of national disaster risk (Decision 18/2021/QĐ-TTg, Article 4: 1 low … 5 catastrophe) → severity,
never by the colour it is drawn in. CAP has four degrees for five levels; the level stands in a parameter."""
RISK_PARAMETER = "VN-DISASTER-RISK"
AREA_GEOCODE = "VN-AREA"
"""Geocode of an administrative unit: ``<code>@<day on which the code holds>``, e.g. ``08974@2026-11-22``."""
NAMESPACES = {
    "http://www.incident.com/cap/1.0": "1.0",
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    "urn:oasis:names:tc:emergency:cap:1.2": "1.2",
}
NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE = "application/cap+xml"
