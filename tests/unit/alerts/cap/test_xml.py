"""CAP as XML: what we write fits the schema and is read back; what is hostile or none is refused, by name."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from haidang.alerts.cap.model.message import Circle, Pair, Point
from haidang.alerts.cap.xml import reading
from haidang.alerts.cap.xml.reading import parsed, read
from haidang.alerts.cap.xml.writing import written
from haidang.base.problems import Problem
from tests.unit.alerts.cap.examples import (
    CAP_10,
    CAP_11,
    EARLIER,
    info,
    message,
    with_area,
    with_info,
)

RIGHT = written(message(infos=(info(), info(language="en-US"))))


def why(content: bytes) -> str:
    """Return why a document is refused."""
    with pytest.raises(Problem) as told:
        read(content)
    assert told.value.kind.code == "cap-refused"
    assert told.value.vi
    assert told.value.en
    return str(told.value.extra["why"])


def test_what_is_written_is_read_back() -> None:
    whole = message(
        msg_type="Update", references=(EARLIER,), scope="Private", addresses=("a@b", "Công an tỉnh"),
        note="Đã kiểm tra <&>", codes=("IPAWSv1.0",), infos=(info(), info(language="en-US")),
    )  # fmt: skip
    found = read(written(whole))
    assert (found.message, found.version, found.notes) == (whole, "1.2", ())


def test_times_carry_their_offset_and_never_z() -> None:
    times = re.findall(rb"<(?:sent|effective|onset|expires)>([^<]+)<", RIGHT)
    assert len(times) == 7
    assert all(re.fullmatch(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00", each) for each in times)


def test_numbers_are_plain_and_points_are_latitude_first() -> None:
    content = written(with_area(circles=(Circle(Point(21.0000001, 106.5), 0.00001),)))
    assert b"<circle>21,106.5 0.00001</circle>" in content


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1))
def test_any_text_survives(text: str) -> None:
    found = read(written(with_info(description=text))).message
    assert found.infos[0].description == text.strip()


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\ufffe"])
def test_what_xml_cannot_hold_is_not_written(sign: str) -> None:
    with pytest.raises(ValueError, match=r"XML|pattern"):
        written(with_info(description=f"a{sign}b"))


def test_what_does_not_fit_the_schema_is_not_written() -> None:
    with pytest.raises(ValueError, match="polygon"):
        written(with_area(polygons=((Point(21, 106), Point(21, 106)),)))


LAUGHS = "<!DOCTYPE a [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
) + "]><alert>&a9;</alert>"  # fmt: skip
HOSTILE: dict[str, tuple[str, bytes]] = {
    "external entity": ("doctype", b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><alert>&x;</alert>"),
    "parameter entity": ("doctype", b"<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://h/x.dtd'> %x;]><alert/>"),
    "billion laughs": ("doctype", LAUGHS.encode()),
    "quadratic": ("doctype", b"<!DOCTYPE a [<!ENTITY x '%s'>]><a>%s</a>" % (b"x" * 9_000, b"&x;" * 9_000)),
    "external DTD": ("doctype", b"<!DOCTYPE alert SYSTEM 'http://127.0.0.1:1/cap.dtd'><alert/>"),
    "DTD in UTF-16": ("doctype", "<!DOCTYPE a><alert/>".encode("utf-16")),
    "DTD after a comment": ("doctype", b"<!-- a --><!DOCTYPE a><alert/>"),
    "undeclared entity": ("not-xml", b"<alert>&x;</alert>"),
    "UTF-7": ("encoding", b"<?xml version='1.0' encoding='utf-7'?>+ADwAIQ-DOCTYPE a+AD4-<alert/>"),
    "EBCDIC": ("encoding", b"<?xml version='1.0' encoding='cp037'?><alert/>"),
    "not what it declares": ("encoding", RIGHT.decode().encode("utf-16")),
    "broken UTF-8": ("encoding", b"<alert>\xff\xfe\x00</alert>"),
    "half a UTF-16": ("encoding", b"\xff\xfe<\x00a"),
    "huge": ("size", b"<alert>" + b" " * (1 << 20) + b"</alert>"),
    "deep": ("depth", b"<a>" * 100 + b"</a>" * 100),
    "deeper than the parser": ("not-xml", b"<a>" * 5_000 + b"</a>" * 5_000),
    "crowded": ("elements", b"<a>" + b"<b/>" * 30_000 + b"</a>"),
    "many attributes": ("not-cap", b"<a " + b" ".join(b'a%d="1"' % n for n in range(20_000)) + b"/>"),
    "empty": ("not-xml", b""),
    "no XML": ("not-xml", b"\x89PNG\r\n".replace(b"\x89", b"")),
    "cut off": ("not-xml", RIGHT[: len(RIGHT) // 2]),
    "another vocabulary": ("not-cap", b"<alert xmlns='urn:oasis:names:tc:emergency:cap:2.0'/>"),
    "no namespace": ("not-cap", b"<alert/>"),
    "another element": ("not-cap", b"<info xmlns='urn:oasis:names:tc:emergency:cap:1.2'/>"),
    "includes": ("structure", RIGHT.replace(
        b"<identifier>", b"<i:include xmlns:i='http://www.w3.org/2001/XInclude' href='/x'/><identifier>")),
    "a wrong word": ("structure", RIGHT.replace(b">Severe<", b">Terrible<")),
    "the wrong order": ("structure", RIGHT.replace(b"<status>Actual</status>", b"")),
    "a date without a time": ("structure", RIGHT.replace(b"T14:05:00+07:00</sent>", b"</sent>")),
    "a day that is none": ("structure", RIGHT.replace(b"2026-11-22T14:05:00+07:00</sent>",
                                                     b"2026-02-30T14:05:00+07:00</sent>")),
    "a time without an offset": ("structure", RIGHT.replace(b"14:05:00+07:00</sent>", b"14:05:00</sent>")),
    "a comma in the sender": ("structure", RIGHT.replace(b"<sender>", b"<sender>a,b")),
    "an hour that no clock has": ("structure", RIGHT.replace(b"T14:05:00+07:00</sent>",
                                                           b"T24:00:00+07:00</sent>")),
    "a year beyond databases": ("structure", RIGHT.replace(
        b"2026-11-22T14:05:00+07:00</sent>", b"9999-12-31T23:59:59-12:00</sent>")),
    "an end beyond databases": ("structure", RIGHT.replace(
        b"2026-11-22T20:05:00+07:00</expires>", b"9999-12-31T23:59:59-12:00</expires>")),
    "a name longer than an index takes": ("structure", RIGHT.replace(
        b"<identifier>", b"<identifier>" + b"a" * 200)),
    "a circle without an end": ("structure", RIGHT.replace(
        b" 3.5</circle>", b" " + b"9" * 400 + b"</circle>")),
    "a polygon of three": ("structure", RIGHT.replace(b"21.3,106.1 21.3,106.3 ", b"")),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_and_broken_documents_are_refused(name: str) -> None:
    reason, content = HOSTILE[name]
    began = time.process_time()
    assert why(content) == reason
    assert time.process_time() - began < 2  # it is not answered by working on it


def test_nothing_is_fetched_and_nothing_is_read_from_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also without the look at declarations the parser would open nothing."""
    monkeypatch.setattr(reading, "_FORBIDDEN", re.compile(r"(?!)"))
    content = b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><alert>a&x;b</alert>"
    root, _ = parsed(content)
    assert etree.tostring(root) == b"<alert>a&x;b</alert>"


def test_cdata_and_comments_are_no_declarations() -> None:
    content = RIGHT.replace("Nước còn lên".encode(), "<![CDATA[Nước > 5 m]]><!-- x -->".encode())
    assert read(content).message.infos[0].description == "Nước > 5 m"


def test_cap_1_0_is_brought_into_the_form_of_1_2() -> None:
    found = read(CAP_10.encode())
    text = found.message.infos[0]
    assert (found.version, found.message.scope, text.certainty) == ("1.0", "Public", "Likely")
    assert text.event_codes == (Pair("same", "SVR"),)
    assert text.parameters == (Pair("HSAS", "ORANGE"),)
    assert text.areas[0].geocodes == (Pair("fips6", "006109"),)
    assert "password: left out" in found.notes
    assert "secret" not in repr(found.message)


def test_cap_1_1_is_brought_into_the_form_of_1_2() -> None:
    found = read(CAP_11.encode())
    text = found.message.infos[0]
    assert (found.version, found.message.sent.isoformat()) == ("1.1", "2026-11-22T06:56:00+00:00")
    assert text.resources[0].mime_type == "application/octet-stream"
    assert text.areas[0].circles == (Circle(Point(21.3, 106.2), 0),)
    assert any("Z → 2026-11-22T06:56:00-00:00" in note for note in found.notes)
    assert any("+0000 → 2026-11-23T06:56:00+00:00" in note for note in found.notes)


def test_references_that_no_index_and_no_clock_takes_are_left_out() -> None:
    whole = message(msg_type="Update", references=(EARLIER,))
    long, early = f"a,{'x' * 3_000},2026-11-22T06:56:00+00:00", "a,b,0001-01-01T00:00:00+14:00"
    content = written(whole).replace(b"<references>", f"<references>{long} {early} ".encode())
    assert read(content).message.references == (EARLIER,)


def test_a_latin_document_is_read_in_its_encoding() -> None:
    content = CAP_11.replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').replace("map<", "carte été<")
    assert read(content.encode("latin-1")).message.infos[0].resources[0].description == "carte été"
