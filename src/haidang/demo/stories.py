"""The stories that the invented province can tell, one for each kind of incident that the packs know."""

from __future__ import annotations

from haidang.demo.story import Happening, Place, Shape, Story, Turn

_RISE: Shape = ((0.5, 0), (6, 1), (13, 1), (20, 0))
"""Comes over minutes, stays for seven, goes."""
_QUICK: Shape = ((1, 0), (2, 1), (13, 1), (15, 0))
_SWITCH: Shape = ((1.9, 0), (2, 1), (14, 1), (14.1, 0))

_RIVER = Place(107.1109, 21.0666, "HD003")
"""Beside the first gauge of the fleet, which every size of the province has."""
_TOWN = Place(107.0860, 21.0600, "HD001")
_PORT = Place(107.0240, 21.0680, "HD004")
_HILL = Place(107.0000, 21.1600, "HD010")
_SEA = Place(107.1500, 21.0920, "HD005")

FLOOD = Story(
    name="flood",
    vi="Lũ lên nhanh tại trạm thủy văn phường Đồi Thông, vượt báo động III",
    en="Water rises at the gauge of Đồi Thông Ward beyond alarm level III",
    minutes=20,
    place=_RIVER,
    turns=(
        Turn(
            type="FloodMonitoring", within_km=1.5, attribute="currentLevel", to=0.35, above="dangerLevel",
            unit="MTR", shape=_RISE,
        ),
        # Further down the same water stands a little below level III.
        Turn(
            type="FloodMonitoring", within_km=3.5, nearest=3, attribute="currentLevel", to=-0.2,
            above="dangerLevel", unit="MTR", shape=((2, 0), (8, 1), (13, 1), (20, 0)),
        ),
        Turn(
            type="WeatherObserved", within_km=3, attribute="precipitation", to=72.0, unit="H67",
            shape=((0, 0), (1, 1), (12, 1), (16, 0)),
        ),
        Turn(
            type="TrafficFlowObserved", within_km=1.2, nearest=3, attribute="averageVehicleSpeed", to=5.0,
            unit="KMH", shape=((4, 0), (6, 1), (15, 1), (18, 0)),
        ),
        Turn(
            type="Camera", within_km=1.2, nearest=1, attribute="status", to="offline",
            shape=((7, 0), (7.1, 1), (16, 1), (16.1, 0)),
        ),
    ),
)  # fmt: skip

STORM = Story(
    name="storm",
    vi="Bão đổ bộ: tin bão khẩn cấp, gió mạnh cấp 9, mưa rất to",
    en="A storm makes land: urgent bulletin, wind of force 9, torrential rain",
    minutes=25,
    place=_SEA,
    turns=(
        Turn(
            type="WeatherObserved", within_km=60, attribute="windSpeed", to=23.0, unit="MTS",
            shape=((1, 0), (8, 1), (15, 1), (24, 0)),
        ),
        Turn(
            type="WeatherObserved", within_km=60, attribute="precipitation", to=65.0, unit="H67",
            shape=((2, 0), (8, 1), (15, 1), (24, 0)),
        ),
        Turn(
            type="FloodMonitoring", within_km=60, attribute="currentLevel", to=0.15, above="alertLevel",
            unit="MTR", shape=((4, 0), (12, 1), (17, 1), (24, 0)),
        ),
        Turn(
            type="Camera", within_km=4, attribute="status", to="offline",
            shape=((9, 0), (9.1, 1), (20, 1), (20.1, 0)),
        ),
    ),
    happenings=(
        Happening(
            type="WeatherAlert", title="Tin bão khẩn cấp (mô phỏng)", agency="environment",
            sector="environment", from_min=0.5, to_min=24,
            during={
                "category": "weather", "subCategory": "tropicalCyclone", "severity": "critical",
                "description": "Bão cách bờ 120 km, sức gió mạnh nhất vùng gần tâm cấp 9, giật cấp 11 "
                "(mô phỏng).",
            },
            after={"severity": "informational"},
        ),
    ),
)  # fmt: skip

FIRE = Story(
    name="fire",
    vi="Cháy nhà kho tại phường Cảng Mới: tín hiệu báo cháy, khói lan",
    en="A warehouse burns in Cảng Mới Ward: fire alarm, smoke",
    minutes=20,
    place=_PORT,
    turns=(
        Turn(
            type="AirQualityObserved", within_km=4, nearest=2, attribute="pm25", to=260.0, unit="GQ",
            shape=_RISE,
        ),
        Turn(
            type="AirQualityObserved", within_km=4, nearest=2, attribute="vnAqi", to=312.0, unit="C62",
            shape=_RISE,
        ),
        Turn(
            type="Camera", within_km=1.5, nearest=1, attribute="status", to="offline",
            shape=((5, 0), (5.1, 1), (18, 1), (18.1, 0)),
        ),
    ),
    happenings=(
        Happening(
            type="Alert", title="Báo cháy tự động: nhà kho khu cảng (mô phỏng)", agency="police",
            sector="security", from_min=0.5, to_min=17,
            during={
                "category": "security", "subCategory": "buildingFire", "severity": "critical",
                "status": "active",
                "description": "Thiết bị truyền tin báo cháy: đầu báo khói và đầu báo nhiệt cùng tác "
                "động (mô phỏng).",
            },
            after={"status": "ended", "severity": "informational"},
        ),
    ),
)  # fmt: skip

ACCIDENT = Story(
    name="accident",
    vi="Tai nạn giao thông có người bị thương tại phường Bến Sáng, kéo theo ùn tắc",
    en="A road accident with injured people in Bến Sáng Ward, and the jam behind it",
    minutes=20,
    place=_TOWN,
    turns=(
        Turn(
            type="TrafficFlowObserved", within_km=0.9, nearest=4, attribute="averageVehicleSpeed", to=4.5,
            unit="KMH", shape=_QUICK,
        ),
        Turn(
            type="TrafficFlowObserved", within_km=0.9, nearest=4, attribute="occupancy", to=0.82, unit="C62",
            shape=_QUICK,
        ),
    ),
    happenings=(
        Happening(
            type="RoadAccident", title="Tai nạn giữa xe tải và xe máy (mô phỏng)", agency="police",
            sector="transport", from_min=0.5, to_min=14,
            during={"status": "onGoing", "totalInjured": 2, "totalDeadPeopleWithin24Hours": 0},
            after={"status": "solved"},
        ),
    ),
)  # fmt: skip

CAMERAS = Story(
    name="cameras",
    vi="Mất tín hiệu hàng loạt camera tại phường Cảng Mới",
    en="Most cameras of Cảng Mới Ward are lost at once",
    minutes=16,
    place=_PORT,
    turns=(Turn(type="Camera", within_km=1.2, attribute="status", to="offline", shape=_SWITCH),),
)

SMOKE = Story(
    name="smoke",
    vi="Khói đốt rơm rạ: bụi mịn tăng cao, VN_AQI mức nguy hại",
    en="Smoke of burning straw: fine dust, VN_AQI hazardous",
    minutes=20,
    place=_TOWN,
    turns=(
        Turn(
            type="AirQualityObserved", within_km=3, attribute="pm25", to=270.0, unit="GQ", shape=_RISE,
        ),
        Turn(
            type="AirQualityObserved", within_km=3, attribute="vnAqi", to=320.0, unit="C62", shape=_RISE,
        ),
    ),
)  # fmt: skip

DISORDER = Story(
    name="disorder",
    vi="Tụ tập đông người gây mất trật tự tại phường Bến Sáng",
    en="A crowd and disorder in Bến Sáng Ward",
    minutes=15,
    place=_TOWN,
    happenings=(
        Happening(
            type="Alert", title="Tụ tập đông người, xô xát (mô phỏng)", agency="police", sector="security",
            from_min=0.5, to_min=13,
            during={
                "category": "security", "subCategory": "civilDisorder", "severity": "high",
                "status": "active",
                "description": "Tin báo từ Công an phường: khoảng 60 người tụ tập, có xô xát (mô phỏng).",
            },
            after={"status": "ended", "severity": "informational"},
        ),
    ),
)  # fmt: skip

CYBER = Story(
    name="cyber",
    vi="Tấn công mã hóa dữ liệu vào một hệ thống của tỉnh",
    en="Ransomware on a system of the province",
    minutes=20,
    place=_TOWN,
    happenings=(
        Happening(
            type="NetworkServiceAlert", title="Phát hiện mã độc mã hóa dữ liệu (mô phỏng)", agency="police",
            sector="cybersecurity", from_min=0.5, to_min=18,
            during={
                "category": "malware", "subcategory": "ransomware", "severity": "HIGH", "status": "active",
                "description": "Hệ thống giám sát an toàn thông tin: hành vi mã hóa tệp hàng loạt "
                "trên máy chủ (mô phỏng).",
            },
            after={"status": "ended", "severity": "LOW"},
        ),
    ),
)  # fmt: skip

FOREST = Story(
    name="forest",
    vi="Phát hiện điểm cháy rừng tại xã Núi Mây",
    en="A forest fire is seen in Núi Mây Commune",
    minutes=20,
    place=_HILL,
    happenings=(
        Happening(
            type="FireForestStatus", title="Điểm cháy rừng Núi Mây (mô phỏng)", agency="environment",
            sector="agriculture", from_min=0.5, to_min=18,
            during={"fireDetected": True, "fireDetectedConfidence": 0.92, "smokeDetected": True},
            after={"fireDetected": False, "smokeDetected": False},
        ),
    ),
)  # fmt: skip

BLACKOUT = Story(
    name="blackout",
    vi="Mất liên lạc với các trạm khí tượng, thủy văn khu vực trung tâm",
    en="The weather stations and gauges of the town fall silent",
    minutes=45,
    place=_RIVER,
    turns=(
        Turn(type="WeatherObserved", within_km=3, shape=((0.4, 0), (0.5, 1), (44, 1), (44.1, 0))),
        Turn(type="FloodMonitoring", within_km=3, shape=((0.4, 0), (0.5, 1), (44, 1), (44.1, 0))),
    ),
)

STORIES: dict[str, Story] = {
    story.name: story
    for story in (FLOOD, STORM, FIRE, ACCIDENT, CAMERAS, SMOKE, DISORDER, CYBER, FOREST, BLACKOUT)
}
