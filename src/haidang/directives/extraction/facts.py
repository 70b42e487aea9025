"""What a document says of itself: kind, number, date, issuer, signatory, meeting, and what it refers to."""

from __future__ import annotations

import datetime as dt
import re

from haidang.directives.extraction.layout import Block
from haidang.directives.extraction.model import DocumentFacts, DocumentKind, Meeting, Reference
from haidang.directives.extraction.text import Text

HEAD = 2_500
"""Characters of a head: number, date, title and meeting stand in them."""
REFERENCES_MAX = 500

_DATE = (
    r"(?:ngày\s*)?(?P<d>\d{1,2})\s*(?:[/.-]|\s+tháng\s+)\s*(?P<m>\d{1,2})\s*(?:[/.-]|"
    r",?\s*năm\s+)\s*(?P<y>\d{4}|\d{2}(?!\d))"
)
_KINDS: tuple[tuple[str, DocumentKind], ...] = (
    ("thông báo kết luận", "thông báo"), ("thông báo", "thông báo"), ("công văn", "công văn"),
    ("văn bản", "công văn"),
    ("chỉ thị", "chỉ thị"), ("quyết định", "quyết định"), ("nghị quyết", "nghị quyết"),
    ("kế hoạch", "kế hoạch"),
    ("báo cáo", "báo cáo"), ("công điện", "công điện"), ("tờ trình", "tờ trình"),
    ("chương trình", "chương trình"),
    ("giấy mời", "giấy mời"), ("biên bản", "biên bản"), ("đề án", "đề án"), ("kết luận", "thông báo"),
)  # fmt: skip
_CODES: dict[str, DocumentKind] = {
    "tb": "thông báo", "tbkl": "thông báo", "kl": "thông báo", "ct": "chỉ thị", "qđ": "quyết định",
    "nq": "nghị quyết",
    "kh": "kế hoạch", "bc": "báo cáo", "cđ": "công điện", "ttr": "tờ trình", "gm": "giấy mời",
    "bb": "biên bản",
    "đa": "đề án", "ctr": "chương trình", "vpcp": "công văn", "ubnd": "công văn", "vp": "công văn",
    "cv": "công văn",
}  # fmt: skip
_NUMBER = (
    r"\d{1,6}[a-zđ]?(?:\s*/\s*\d{4})"
    r"?\s*[/-]\s*[a-zđ][a-zđ0-9&.]{0,12}(?:\s*[-/]\s*[a-zđ][a-zđ0-9&.]{0,14}){0,3}"
)
_OWN_NUMBER = re.compile(rf"(?:^|\n|\|\s*)\s*số\s*:\s*(?P<n>{_NUMBER})")
_OWN_DATE = re.compile(
    r"(?P<place>[^\n,|:;.]{2,40}),\s*ngày\s*(?P<d>\d{1,2})\s+tháng\s+(?P<m>\d{1,2})\s+năm\s+(?P<y>\d{4})"
)
_TITLE = re.compile(
    r"(?:^|\n)\s*(thông báo(?: kết luận)?|chỉ thị|quyết định|nghị quyết|kế hoạch|báo cáo|công điện|"
    r"tờ trình|chương trình|giấy mời|biên bản)\s*(?=\n|$)"
)
_NAMED = re.compile(
    r"(?<!\w)(?P<kind>thông báo kết luận|thông báo|công văn|văn bản|chỉ thị|quyết định|nghị quyết|"
    r"kế hoạch|báo cáo|công điện|tờ trình|"
    r"chương trình|giấy mời|kết luận|nghị định|thông tư|luật)?\s*(?:hỏa tốc\s*)?(?:số\s*:?\s*)(?P<n>"
    + _NUMBER
    + r"|\d{1,5}(?=\s*(?:,\s*)?ngày))"
    r"(?:\s*,?\s*\(?(?:ngày\s+)(?P<d>\d{1,2})\s*(?:[/.-]|\s+tháng\s+)\s*(?P<m>\d{1,2})\s*(?:[/.-]|,?\s*năm\s+)\s*(?P<y>\d{4}|\d{2}(?!\d)))?"
    r"(?:\s+của\s+(?P<issuer>[^,;.:()\n]{3,60}))?"
)
_SOURCE = re.compile(
    r"(?:\(\s*theo|(?:truyền đạt|thông báo|có) ý kiến[^.\n]{0,250}tại|^\s*(?:tại|theo)?)\s*(?:công văn|"
    r"văn bản|thông báo)\s+số"
    rf"\s*:?\s*(?P<n>{_NUMBER})\s*,?\s*{_DATE}"
)
_SUBJECT = re.compile(r"(?:^|\n)\s*(?:v/v|về việc)\s*:?\s*(?P<s>[^\n]{8,300})")
_MEETING = re.compile(
    r"(?P<title>(?:cuộc họp|hội nghị|buổi làm việc|phiên họp|buổi họp)(?:\s+(?!đã\b)[^\n.;:(]{3,240})?)"
)
_CHAIRED = re.compile(r"(?P<who>[^\n.;:]{6,220}?)\s+(?:đã\s+)?chủ trì\s+(?:cuộc họp|hội nghị|buổi|phiên|và)")
_HELD = re.compile(rf"(?:^|[\n.])\s*(?:vào\s+)?(?:sáng|chiều|tối)?\s*{_DATE}\s*,")
_WHEN_WHERE = re.compile(
    r"\s*(?:(?:vào|trong)\s+)?(?:sáng|chiều|tối|trưa|ngày|hồi|lúc|tại|dưới)(?!\w)[^,]{0,120},",
    re.IGNORECASE,
)
"""When and where a meeting was held, before its chairman."""
_INVITED = re.compile(rf"giấy mời\s+số\s*:?\s*(?P<n>{_NUMBER})")
_PRESENT = re.compile(
    r"(?:tham dự|cùng dự|dự họp|dự)\s*(?:cuộc họp|hội nghị|buổi họp|"
    r"buổi làm việc)?\s*(?:,\s*)?(?:còn\s+)?(?:có|gồm)\s*:?\s*(?P<who>[^\n.]{5,600})"
)
_SIGNED = re.compile(
    r"(?:^|\n)(?P<title>(?:(?:tm|kt|tl|tuq|q)\s*\.[^\n]{3,90}\n+\s*)*(?:phó\s+)?(?:chủ tịch|"
    r"chánh văn phòng|giám đốc|bí thư|trưởng ban)[^\n]{0,60})\n"
)
_PERSON = re.compile(r"(?:[A-ZĐÂĂÊÔƠƯ][^\W\d_]+\s*){2,5}$")
_WHO_SIGNED = re.compile(r"do\s+(?P<who>[^\n.;:]{4,90}?)\s+(?:ký|ban hành)")


def facts(text: Text, blocks: list[Block], issued_on: dt.date | None) -> DocumentFacts:
    """Return what a document says of itself; a date that the caller knows goes before what is read."""
    head = text.low[:HEAD]
    references = _references(text)
    number = _OWN_NUMBER.search(head) or _SOURCE.search(text.low)
    date, certain, place = _date(text, head)
    kind = _kind(text, head, number["n"] if number else None)
    title, signatory = _signatory(text)
    return DocumentFacts(
        kind=kind, number=_tidy(text, number, "n"), issued_on=issued_on or date,
        issued_on_certain=certain or issued_on is not None, issuer=_issuer(text, head), place=place,
        signatory=signatory, signatory_title=title, subject=_subject(text, head),
        meeting=_meeting(text, head),
        references=references,
    )  # fmt: skip


def _tidy(text: Text, found: re.Match[str] | None, group: str) -> str | None:
    if found is None or found[group] is None:
        return None
    piece = text.plain[found.start(group) : found.end(group)]
    tidy = (
        re.sub(r"\s*([/-])\s*", r"\1", " ".join(piece.split())) if group == "n" else " ".join(piece.split())
    )
    return tidy.strip(" ,;-") or None


def _day(found: re.Match[str]) -> dt.date | None:
    try:
        year = int(found["y"])
        return dt.date(year + (2000 if year < 100 else 0), int(found["m"]), int(found["d"]))
    except ValueError:
        return None


def _date(text: Text, head: str) -> tuple[dt.date | None, bool, str | None]:
    """Return the document's date, whether it says so itself, and the place beside it."""
    own = _OWN_DATE.search(head)
    if own and (date := _day(own)):
        words = re.search(
            r"[^\W\d_]+(?:[ .-]+[^\W\d_]+){0,4}$", text.plain[own.start("place") : own.end("place")]
        )
        return date, True, words[0] if words else None
    source = _SOURCE.search(text.low)
    if source and (date := _day(source)):
        return date, True, None
    held = _HELD.search(head)
    return (_day(held), False, None) if held else (None, False, None)


def _kind(text: Text, head: str, number: str | None) -> DocumentKind:
    titled = _TITLE.search(head)
    if titled and text.plain[titled.start(1) : titled.end(1)].isupper():
        return next(kind for word, kind in _KINDS if titled[1].startswith(word))
    if number:
        code = re.findall(r"[a-zđ]+", number)
        if code and code[0] in _CODES:
            return _CODES[code[0]]
    if "kính gửi" in head:
        return "công văn"
    return "tin" if re.search(r"theo đó|cho biết|phát biểu|chủ trì|yêu cầu|giao", head) else "khác"


def _issuer(text: Text, head: str) -> str | None:
    """Return the issuer in capitals at the top: "UBND TỈNH QUẢNG NINH".

    Where an agency stands under a committee, the first line is the committee, the second the issuer.
    """
    lines = [line.strip(" *|_-") for line in text.plain[:600].split("\n")]
    for place, line in enumerate(lines):
        low = line.lower()
        if line.isupper() and re.match(
            r"(?:ủy ban nhân dân|uỷ ban nhân dân|ubnd|tỉnh ủy|tỉnh uỷ|thành ủy|văn phòng|sở|ban|bộ|"
            r"thủ tướng|chính phủ|hội đồng)",
            low,
        ):
            name = line.split("CỘNG HÒA")[0].split("CỘNG HOÀ")[0].strip()
            following = next((each for each in lines[place + 1 : place + 3] if each), "")
            if following.isupper() and re.match(
                r"(?:tỉnh|thành phố|huyện|quận|thị xã|xã|phường)\s", following.lower()
            ):
                name = f"{name} {following}"
            name = name.split("  ")[0]
            return _under(name, lines[place + 1 : place + 6]) or name or None
    reported = re.search(r"(?<!\w)(?:văn phòng )?ubnd (?:tỉnh|thành phố|tp\.?)(?=\s)", head)
    return text.plain[reported.start() : reported.end()] if reported else None


def _under(committee: str, lines: list[str]) -> str | None:
    """Return the agency in the line under its committee; an office is called by the committee's name too."""
    if not re.match(r"(?:ủy ban nhân dân|uỷ ban nhân dân|ubnd|tỉnh ủy|tỉnh uỷ|thành ủy)", committee.lower()):
        return None
    for line in lines:
        low = line.lower()
        if low.startswith("số"):
            return None
        if line.isupper() and re.match(r"(?:văn phòng|sở|ban|chi cục|trung tâm|thanh tra)(?!\w)", low):
            return f"{line} {committee}" if low == "văn phòng" else line
    return None


def _subject(text: Text, head: str) -> str | None:
    found = _SUBJECT.search(head)
    if found:
        return _tidy(text, found, "s")
    titled = _TITLE.search(head)
    if titled is None or not text.plain[titled.start(1) : titled.end(1)].isupper():
        return None
    lines = text.plain[titled.end() : titled.end() + 900].strip().split("\n")
    subject = ""
    for line in (" ".join(each.split()) for each in lines):
        # A title goes on where it was broken: after a comma, or with a small letter.
        if subject and not (line[:1].islower() or (subject.endswith(",") and line)):
            break
        subject = f"{subject} {line}".strip()
    return subject if 8 <= len(subject) <= 400 else None


def _meeting(text: Text, head: str) -> Meeting | None:
    chaired = _CHAIRED.search(head)
    named = _MEETING.search(head)
    if not chaired and not (named and "kết luận" in head):
        return None
    invited = _INVITED.search(text.low)
    held = re.search(rf"{_DATE}\s*,[^\n]{{0,400}}?(?:chủ trì|tổ chức)", head) or _HELD.search(head)
    present = _PRESENT.search(text.low[: HEAD * 2])
    people = _tidy(text, present, "who") if present else None
    chair = _tidy(text, chaired, "who") if chaired else None
    return Meeting(
        title=_tidy(text, named, "title"),
        chair=_person(chair) if chair else None,
        held_on=_day(held) if held else None, invitation_no=_tidy(text, invited, "n"),
        participants=tuple(part.strip() for part in re.split(r"[,;]", people)) if people else (),
    )  # fmt: skip


def _person(words: str) -> str | None:
    """Return who chaired, without when and where: "Ngày 28/8/2019, tại trụ sở UBND tỉnh, đồng chí …"."""
    who = re.split(r"[,;]\s+(?=đ/c|đồng chí|ông|bà)", words, flags=re.IGNORECASE)[-1]
    while aside := _WHEN_WHERE.match(who):
        who = who[aside.end() :].strip()
    return who.strip(" ,") or None


def _signatory(text: Text) -> tuple[str | None, str | None]:
    """Return title and name of who signed, from the foot of the document or "do … ký"."""
    signed = list(_SIGNED.finditer(text.low, max(0, len(text.low) - 4_000)))
    found = signed[-1] if signed else None
    if found:
        title = " ".join(text.plain[found.start("title") : found.end("title")].split())
        for line in text.plain[found.end() : found.end() + 300].split("\n"):
            if _PERSON.fullmatch(line.strip()) and not line.isupper():
                return title, line.strip()
        if title.isupper():
            return title, None
    reported = _WHO_SIGNED.search(text.low)
    return (None, _tidy(text, reported, "who")) if reported else (None, None)


def _references(text: Text) -> tuple[Reference, ...]:
    found: list[Reference] = []
    for match in _NAMED.finditer(text.low):
        number = _tidy(text, match, "n")
        if number is None or (match["kind"] is None and not re.search(r"[/-]", number)):
            continue
        if (
            re.match(r"(?:^|\n)?\s*số\s*:", text.low[match.start() : match.start() + 8])
            and match.start() < 600
        ):
            continue
        start, end = text.raw_span(match.start(), match.end())
        found.append(
            Reference(
                kind=_reference_kind(match["kind"], number), number=number,
                issued_on=_day(match) if match["d"] else None, issuer=_tidy(text, match, "issuer"),
                text=text.raw[start:end], start=start, end=end,
            )
        )  # fmt: skip
        if len(found) == REFERENCES_MAX:
            break
    return tuple(found)


def _reference_kind(word: str | None, number: str) -> DocumentKind:
    for prefix, kind in _KINDS:
        if word and word.startswith(prefix):
            return kind
    code = re.findall(r"[a-zđ]+", number.lower())
    return _CODES.get(code[0], "khác") if code else "khác"
