"""The rules: what Decree 30/2020/NĐ-CP, Annex I asks of a paper, one function a part.

Each rule has an id and says in both languages what is asked (``rules.yaml``); a finding adds the place, what
was expected and what was found. Sizes are in points, lengths in millimetres.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

import msgspec

from haidang.documents.lint.model import Finding, Paper, Piece
from haidang.documents.lint.words import (
    ABOUT,
    DATE,
    HAND,
    MARKS,
    NUMBER,
    RECIPIENTS,
    TO,
    is_capitals,
    is_motto,
    is_nation,
)
from haidang.documents.numbering.model import TYPES
from haidang.documents.words import MOTTO, NATION


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the decree asks, in both languages."""

    vi: str
    en: str


SLACK_MM = 0.5
SLACK_PT = 0.25

RULES: Mapping[str, Asked] = MappingProxyType(
    msgspec.yaml.decode(Path(__file__).with_name("rules.yaml").read_bytes(), type=dict[str, Asked])
)
"""Rules by id, in the order of the decree."""

FONTS = re.compile(r"times ?new ?roman|timesnewroman|liberation ?serif|tinos|^times(-|$)|nimbusrom", re.I)
LEGACY = re.compile(r"^\.?vn|^vni", re.I)
_TYPES = frozenset(vi.upper() for vi, _ in TYPES.values()) | {"NGHỊ QUYẾT", "CÔNG ĐIỆN", "DANH SÁCH"}
_NUMBER = re.compile(r"Số: (?P<number>\d+|\s*)\s*/(?P<tail>[A-ZĐ][A-ZĐa-z0-9&.-]*)|Số: *")
_DATE = re.compile(r"(?:[^,]+, n|N)gày (?P<day>\d{1,2}) tháng (?P<month>\d{1,2}) năm (?P<year>\d{4})")
_TITLES = re.compile(r"\b(TS|ThS|GS|PGS|BS|KS|CN|LS|NGND|NGƯT|Đ/c|Đồng chí|Ông|Bà)\b\.?", re.IGNORECASE)
_ORDERED = (
    ("issuer", "number"), ("nation", "motto"), ("motto", "date"), ("number", "title"), ("date", "title"),
    ("number", "to"), ("date", "to"), ("title", "to"), ("to", "body"), ("title", "body"),
    ("body", "signature"),
)  # fmt: skip


def findings(paper: Paper) -> Iterator[Finding]:
    """Give every finding of a paper."""
    for rules in (_pages, _fonts, _right_head, _left_head, _named, _body, _ending, _order):
        yield from rules(paper)


def found(rule: str, place: str, expected: str, seen: str) -> Finding:
    """Return a finding of a rule."""
    asked = RULES[rule]
    return Finding(rule=rule, place=place, expected=expected, found=seen, vi=asked.vi, en=asked.en)


def _pages(paper: Paper) -> Iterator[Finding]:
    for sheet in paper.sheets:
        size = sorted((sheet.width, sheet.height))
        if abs(size[0] - 210) > 2 * SLACK_MM or abs(size[1] - 297) > 2 * SLACK_MM:
            yield found("page-size", sheet.place, "210 × 297", f"{sheet.width:.0f} × {sheet.height:.0f}")
        for name, low, high in (("top", 20, 25), ("bottom", 20, 25), ("left", 30, 35), ("right", 15, 20)):
            value = getattr(sheet, name)
            if value < low - SLACK_MM or (value > high + SLACK_MM and name not in sheet.loose):
                yield found(f"margin-{name}", sheet.place, f"{low}–{high}", f"{value:.1f}")
    numbers = paper.numbers
    if numbers.on_first:
        yield found("page-number", "trang 1", "không có số", "có số")
    for page in numbers.missing:
        yield found("page-number", f"trang {page}", "có số", "không có số")
    for page in numbers.off_centre:
        yield found("page-number", f"trang {page}", "căn giữa", "không căn giữa")
    if numbers.foreign:
        yield found("page-number", "trang 2", "chữ số Ả Rập", "loại số khác")


def _fonts(paper: Paper) -> Iterator[Finding]:
    for face in paper.faces:
        if LEGACY.search(face.name):
            yield found("unicode", face.place, "Unicode", face.name)
        elif not FONTS.search(face.name):
            yield found("font", face.place, "Times New Roman", face.name)
        if not face.embedded:
            yield found("font-embedded", face.place, "nhúng", face.name)
    for place in paper.odd_letters:
        yield found("unicode", place, "dựng sẵn (NFC)", "tổ hợp")


def _looks(
    rule: str,
    piece: Piece,
    sizes: tuple[float, float],
    *,
    bold: bool | None = None,
    italic: bool | None = False,
) -> Iterator[Finding]:
    """Check size, weight and slant of a piece; None: either."""
    low, high = sizes
    if piece.small < low - SLACK_PT or piece.large > high + SLACK_PT:
        wanted = f"{low:g}" if low == high else f"{low:g}–{high:g}"
        seen = f"{piece.small:g}" if piece.small == piece.large else f"{piece.small:g}–{piece.large:g}"
        yield found(rule, piece.place, f"cỡ {wanted}", f"cỡ {seen}")
    if bold is not None and piece.bold is not bold:
        yield found(rule, piece.place, "đậm" if bold else "không đậm", "không đậm" if bold else "đậm")
    if italic is not None and piece.italic is not italic:
        yield found(rule, piece.place, "nghiêng" if italic else "đứng", "đứng" if italic else "nghiêng")


# --- Head -----------------------------------------------------------------------------------------------


def _right_head(paper: Paper) -> Iterator[Finding]:
    nation = next((piece for piece in paper.right if is_nation(piece.text)), None)
    if nation is None:
        yield found("nation", "trang 1", NATION, "không có")
        return
    yield from _looks("nation", nation, (12, 13), bold=True)
    if nation.text != NATION:
        yield found("nation", nation.place, NATION, nation.text)
    motto = next((piece for piece in paper.right if is_motto(piece.text)), None)
    if motto is None:
        yield found("motto", "trang 1", MOTTO, "không có")
    else:
        yield from _looks("motto", motto, (13, 14), bold=True)
        if motto.text != MOTTO:
            yield found("motto", motto.place, MOTTO, motto.text)
        yield from _rule("motto-rule", motto, paper.motto_rule, 0.9, 1.1)
    day = next((piece for piece in paper.right if DATE.search(piece.text)), None)
    if day is None:
        yield found("place-date", "trang 1", "…, ngày … tháng … năm …", "không có")
    else:
        yield from _day(day)


def _day(piece: Piece) -> Iterator[Finding]:
    yield from _looks("place-date", piece, (13, 14), bold=False, italic=True)
    said = _DATE.fullmatch(piece.text)
    if said is None:
        yield found("place-date", piece.place, "Địa danh, ngày 05 tháng 02 năm 2026", piece.text)
        return
    day, month = int(said["day"]), int(said["month"])
    wanted = f"ngày {day:02} tháng {month:02}" if month < 3 else f"ngày {day:02} tháng {month}"
    if wanted.lower() not in piece.text.lower():
        yield found("place-date", piece.place, wanted, f"ngày {said['day']} tháng {said['month']}")
    try:
        date(int(said["year"]), month, day)
    except ValueError:
        yield found("place-date", piece.place, "ngày có trong lịch", piece.text)


def _left_head(paper: Paper) -> Iterator[Finding]:
    above = []
    for piece in paper.left:
        if NUMBER.match(piece.text):
            break
        above.append(piece)
    issuer = [piece for piece in above if piece.bold]
    if not issuer:
        yield found("issuer", "trang 1", "tên cơ quan in hoa, đậm", "không có")
    for piece in above:
        if piece.bold:
            yield from _looks("issuer", piece, (12, 13), bold=True)
        else:
            yield from _looks("parent", piece, (12, 13), bold=False)
        if not is_capitals(piece.text):
            yield found("issuer" if piece.bold else "parent", piece.place, piece.text.upper(), piece.text)
    if issuer:
        yield from _rule("issuer-rule", issuer[-1], paper.issuer_rule, 1 / 3, 1 / 2)
    number = next((piece for piece in paper.left if NUMBER.match(piece.text)), None)
    if number is None:
        yield found("number", "trang 1", "Số: 05/TB-UBND", "không có")
    else:
        yield from _number(number)


def _number(piece: Piece) -> Iterator[Finding]:
    yield from _looks("number", piece, (13, 13), bold=False)
    said = _NUMBER.fullmatch(piece.text.replace("\xa0", " "))
    if said is None:
        yield found("number", piece.place, "Số: 05/TB-UBND", piece.text)
    elif (
        said["number"] and said["number"].strip() and len(said["number"]) != len(f"{int(said['number']):02}")
    ):
        yield found("number", piece.place, f"{int(said['number']):02}", said["number"])


def _rule(rule: str, piece: Piece, share: float | None, low: float, high: float) -> Iterator[Finding]:
    """Check the line drawn under a piece; widths of letters are known to some hundredths."""
    wanted = f"{low:.0%}–{high:.0%}"
    if share is None:
        yield found(rule, piece.place, wanted, "không có đường kẻ")
    elif not low - 0.03 <= share <= high + 0.03:
        yield found(rule, piece.place, wanted, f"{share:.0%}")


def _named(paper: Paper) -> Iterator[Finding]:
    """Title and subject; of a letter, which has none, what it is about under its number."""
    if not paper.title:
        yield from _letter(paper)
        return
    title, *subject = paper.title
    yield from _looks("title", title, (13, 14), bold=True)
    if not is_capitals(title.text) or title.text not in _TYPES:
        yield found("title", title.place, "tên loại văn bản, in hoa", title.text)
    for piece in paper.title:
        if piece.align != "c":
            yield found("title", piece.place, "căn giữa", "không căn giữa")
    if not subject:
        yield found("subject", title.place, "trích yếu", "không có")
        return
    for piece in subject:
        yield from _looks("subject", piece, (13, 14), bold=True)
    yield from _rule("subject-rule", subject[-1], paper.title_rule, 1 / 3, 1 / 2)
    if title.text == "TỜ TRÌNH":
        yield from _to(paper)


def _letter(paper: Paper) -> Iterator[Finding]:
    at = next((at for at, piece in enumerate(paper.left) if ABOUT.match(piece.text)), None)
    if at is None:
        yield found("letter-subject", "trang 1", "V/v …", "không có tên loại và không có trích yếu")
    else:
        for piece in paper.left[at:]:
            yield from _looks("letter-subject", piece, (12, 13), bold=False)
    yield from _to(paper)


def _to(paper: Paper) -> Iterator[Finding]:
    if not any(TO.match(piece.text) for piece in paper.to):
        yield found("to", "trang 1", "Kính gửi: …", "không có")
    for piece in paper.to:
        yield from _looks("to", piece, (13, 14), bold=None, italic=None)


# --- Body -----------------------------------------------------------------------------------------------


def _body(paper: Paper) -> Iterator[Finding]:
    for at, piece in enumerate(paper.body):
        yield from _looks("body-size", piece, (13, 14), bold=None, italic=None)
        heading = bool(piece.bold)
        if piece.align is not None and piece.align != "j" and not heading:
            yield found("body-align", piece.place, "dàn đều", "không dàn đều")
        indent = piece.first_line
        if (
            indent is not None
            and min(abs(indent - 10), abs(indent - 12.7)) > 2 * SLACK_MM
            and not (heading and piece.align == "c")
        ):
            yield found("first-line", piece.place, "10 hoặc 12,7", f"{indent:.1f}")
        if at and piece.gap is not None and piece.gap < 6 - 2 * SLACK_PT:
            yield found("paragraph-gap", piece.place, "≥ 6", f"{piece.gap:.1f}")
        if piece.spacing is not None and not 0.98 <= piece.spacing <= 1.53:
            yield found("line-spacing", piece.place, "1–1,5", f"{piece.spacing:.2f}")


# --- End ------------------------------------------------------------------------------------------------


def _ending(paper: Paper) -> Iterator[Finding]:
    if not paper.signers:
        yield found("signature", "cuối văn bản", "chức vụ, họ tên người ký", "không có")
    for signer in paper.signers:
        yield from _signer(signer)
    yield from _recipients(paper)


def _signer(pieces: tuple[Piece, ...]) -> Iterator[Finding]:
    lines = [(line.strip(), piece) for piece in pieces for line in piece.text.split("\n") if line.strip()]
    office = [(text, piece) for text, piece in lines if is_capitals(text) and not HAND.match(text)]
    if not office:
        yield found("signature", pieces[0].place, "chức vụ in hoa", pieces[0].text)
    for text, piece in office:
        yield from _looks("signature", piece, (13, 14), bold=True)
        if re.match(r"(TM|KT|TL|TUQ|Q|T/M|K/T|T/L|TUQ|Q/)[^A-ZĐÀ-Ỹ]", text) and not MARKS.match(text):
            yield found("signature-form", piece.place, "TM., KT., TL., TUQ., Q.", text)
    for (text, piece), (below, _) in pairwise(office):
        if text.startswith("KT.") and not below.startswith("PHÓ "):
            yield found("signature-form", piece.place, "PHÓ …", below)
    if office and office[-1][0].startswith("KT."):
        yield found("signature-form", office[-1][1].place, "PHÓ …", "không có")
    rest = [(text, piece) for text, piece in lines if not is_capitals(text) or HAND.match(text)]
    names = [(text, piece) for text, piece in rest if piece.bold]
    by_hand = any(not piece.bold for _, piece in rest)
    if office and not names and not by_hand:
        yield found("signature", office[-1][1].place, "họ tên người ký", "không có")
    for text, piece in names:
        yield from _looks("signature", piece, (13, 14), bold=True)
        if _TITLES.match(text):
            yield found("signer-name", piece.place, _TITLES.sub("", text).strip(), text)


def _recipients(paper: Paper) -> Iterator[Finding]:
    head = next((piece for piece in paper.recipients if RECIPIENTS.match(piece.text)), None)
    if head is None:
        yield found("recipients", "cuối văn bản", "Nơi nhận:", "không có")
        return
    yield from _looks("recipients", head, (12, 12), bold=True, italic=True)
    items = _items([piece for piece in paper.recipients if piece is not head])
    if not items:
        yield found("recipients", head.place, "- Lưu: VT.", "không có")
    for at, (text, piece) in enumerate(items):
        last = at + 1 == len(items)
        yield from _looks("recipients", piece, (11, 11), bold=False)
        if not text.startswith("- ") or not text.endswith("." if last else ";"):
            yield (
                found("recipients", piece.place, "- ….", text)
                if last
                else found("recipients", piece.place, "- …;", text)
            )
    if items and not items[-1][0].startswith("- Lưu"):
        yield found("recipients", items[-1][1].place, "- Lưu: …", items[-1][0])


def _items(pieces: list[Piece]) -> list[tuple[str, Piece]]:
    """Return the items: a line of a PDF that does not begin one goes on with the one above."""
    found: list[tuple[str, Piece]] = []
    for piece in pieces:
        if found and not piece.text.startswith("-") and not found[-1][0].endswith((";", ".")):
            found[-1] = (f"{found[-1][0]} {piece.text}", found[-1][1])
        else:
            found.append((piece.text, piece))
    return found


def _order(paper: Paper) -> Iterator[Finding]:
    places = {part: at for at, part in reversed(list(enumerate(paper.order)))}
    for first, second in _ORDERED:
        if first in places and second in places and places[first] > places[second]:
            yield found("order", "toàn văn bản", f"{first} → {second}", f"{second} → {first}")
