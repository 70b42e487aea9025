"""A message that keeps every rule, and others' documents in each version of CAP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from haidang.alerts.cap.model.message import Area, Circle, Info, Message, Pair, Point, Reference
from haidang.base.clock import LOCAL

NOW = datetime(2026, 11, 22, 7, 5, tzinfo=UTC)
SENT = NOW.astimezone(LOCAL)
RING = (Point(21.3, 106.1), Point(21.3, 106.3), Point(21.4, 106.3), Point(21.3, 106.1))
EARLIER = Reference("canhbao@tinh.example.vn", "hd-2026-1", SENT - timedelta(hours=1))


def area(**facts: Any) -> Area:
    whole: dict[str, Any] = {
        "description": "Ven sông Thương", "polygons": (RING,), "circles": (Circle(Point(21.3, 106.2), 3.5),),
        "geocodes": (Pair("VN-AREA", "24@2026-11-22"),),
    }  # fmt: skip
    return Area(**whole | facts)


def info(**facts: Any) -> Info:
    whole: dict[str, Any] = {
        "language": "vi-VN", "categories": ("Met", "Safety"), "event": "Lũ", "urgency": "Immediate",
        "severity": "Severe", "certainty": "Observed", "effective": SENT, "onset": SENT,
        "expires": SENT + timedelta(hours=6), "headline": "Lũ trên sông Thương",
        "description": "Nước còn lên", "instruction": "Rời vùng thấp",
        "response_types": ("Evacuate",), "areas": (area(),),
        "sender_name": "Trung tâm", "web": "https://tinh.example.vn/canh-bao", "contact": "024 1234",
        "parameters": (Pair("VN-DISASTER-RISK", "3"),),
    }  # fmt: skip
    return Info(**whole | facts)


def message(**facts: Any) -> Message:
    whole: dict[str, Any] = {
        "identifier": "hd-2026-2", "sender": "canhbao@tinh.example.vn", "sent": SENT, "status": "Actual",
        "msg_type": "Alert", "scope": "Public", "incidents": ("12",), "infos": (info(),),
    }  # fmt: skip
    return Message(**whole | facts)


def with_info(**facts: Any) -> Message:
    return message(infos=(info(**facts),))


def with_area(**facts: Any) -> Message:
    return with_info(areas=(area(**facts),))


replace = msgspec.structs.replace

CAP_10 = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="http://www.incident.com/cap/1.0">
  <identifier>KSTO1055887203</identifier>
  <sender>KSTO@NWS.EXAMPLE</sender>
  <password>secret</password>
  <sent>2026-11-22T13:57:00+07:00</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <info>
    <category>Met</category>
    <event>SEVERE THUNDERSTORM</event>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Very Likely</certainty>
    <eventCode>same=SVR</eventCode>
    <headline>SEVERE THUNDERSTORM WARNING</headline>
    <parameter>HSAS=ORANGE</parameter>
    <area>
      <areaDesc>A county</areaDesc>
      <polygon>21.3,106.1 21.3,106.3 21.4,106.3 21.3,106.1</polygon>
      <geocode>fips6=006109</geocode>
    </area>
  </info>
</alert>
"""
CAP_11 = """<?xml version="1.0" encoding="UTF-8"?>
<cap:alert xmlns:cap="urn:oasis:names:tc:emergency:cap:1.1">
  <cap:identifier>TRI13970876.1</cap:identifier>
  <cap:sender>trinet@caltech.example</cap:sender>
  <cap:sent>2026-11-22T06:56:00Z</cap:sent>
  <cap:status>Actual</cap:status>
  <cap:msgType>Alert</cap:msgType>
  <cap:scope>Public</cap:scope>
  <cap:info>
    <cap:language>en-US</cap:language>
    <cap:category>Geo</cap:category>
    <cap:event>Earthquake</cap:event>
    <cap:urgency>Past</cap:urgency>
    <cap:severity>Minor</cap:severity>
    <cap:certainty>Observed</cap:certainty>
    <cap:expires>2026-11-23T06:56:00+0000</cap:expires>
    <cap:headline>EQ 3.4</cap:headline>
    <cap:parameter><cap:valueName>EventID</cap:valueName><cap:value>13970876</cap:value></cap:parameter>
    <cap:resource>
      <cap:resourceDesc>map</cap:resourceDesc>
      <cap:uri>https://quakes.example/map.png</cap:uri>
    </cap:resource>
    <cap:area><cap:areaDesc>1 mile WSW</cap:areaDesc><cap:circle>21.3,106.2 0</cap:circle></cap:area>
  </cap:info>
</cap:alert>
"""
