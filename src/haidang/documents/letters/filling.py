"""A form filled in: from named fields to the blocks of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from haidang.base.problems import Fault, Problem, kind
from haidang.documents.letters.forms import GIVEN, PLACE, Form, Part, shipped
from haidang.documents.numbering.model import symbol as written
from haidang.documents.report import Body, Paragraph, Points, Report, Signatures, Signer
from haidang.organisation.service.letterhead import Letterhead

INCOMPLETE = kind(
    "letter-incomplete", 422, "Văn bản còn thiếu nội dung", "Something is missing in the letter"
)
FORM_UNKNOWN = kind("letter-form-unknown", 422, "Không có mẫu văn bản này", "There is no such form of letter")

Value = str | Sequence[str] | Sequence[Body]
_END = "./."


def letter(
    form: str,
    *,
    head: Letterhead,
    fields: Mapping[str, Value],
    day: date,
    made_at: datetime,
    signer: Signer,
    to: Sequence[str] = (),
    recipients: Sequence[str] = (),
    number: str = "",
    symbol: str = "",
    marks: Sequence[str] = (),
    source: str = "",
) -> Report:
    """Return the report of a letter; ``Problem`` naming every field that is missing.

    ``number`` and ``symbol`` are ``Number.digits`` and ``Number.tail`` of the register; without a number room
    is left for the office's. ``fields`` may hold blocks where the form wants them. ``recipients`` get
    "Như trên" put before them where the letter names to whom it goes, and "Lưu: VT" after them.
    """
    found = shipped().get(form)
    if found is None:
        names = ", ".join(shipped())
        raise Problem(FORM_UNKNOWN, f"Các mẫu: {names}.", f"The forms are: {names}.")
    _check(found, fields, to)
    texts = _texts(found, fields) | {"agency": head.name}
    return Report(
        title=found.title,
        subtitle=PLACE.sub(lambda place: texts[place[1]], found.subject),
        agency=head.name,
        parent=head.parent,
        number=number,
        symbol=symbol or written(0, found.type, head.short).partition("/")[2],
        place=head.place,
        day=day,
        made_at=made_at,
        marks=tuple(marks),
        source=source,
        to=tuple(to),
        blocks=(
            *_ended(tuple(block for part in found.body for block in _filled(part, texts, fields))),
            Signatures(signers=(signer,), recipients=_recipients(to, recipients)),
        ),
    )


def _check(form: Form, fields: Mapping[str, Value], to: Sequence[str]) -> None:
    faults = [
        Fault(name, f"thiếu {field.vi}", f"missing: {field.en}")
        for name, field in form.fields.items()
        if not field.optional and not fields.get(name)
    ]
    faults += [
        Fault(name, "mẫu này không có mục này", "the form has no such field")
        for name in fields
        if name not in form.fields
    ]
    if form.to is True and not to:
        faults.append(Fault("to", "thiếu nơi kính gửi", "missing: to whom it goes"))
    if faults:
        raise Problem(INCOMPLETE, faults=tuple(faults))


def _texts(form: Form, fields: Mapping[str, Value]) -> dict[str, str]:
    return {
        name: str(fields.get(name) or "").strip().rstrip(".")
        for name, field in form.fields.items()
        if not field.list and not field.blocks
    }


def _filled(part: Part, texts: Mapping[str, str], fields: Mapping[str, Value]) -> Iterator[Body]:
    if part.text:
        if said := _said(part.text, texts) or _said(part.otherwise, texts):
            yield Paragraph(text=said)
        return
    if part.blocks:
        yield from (block for block in fields.get(part.blocks, ()) if not isinstance(block, str))
        return
    items = _items(fields, part.paragraphs or part.numbered or part.points or part.basis)
    if part.points:
        yield from (Points(items=items),) if items else ()
        return
    for number, item in enumerate(items, 1):
        if part.basis:
            end = "." if number == len(items) else ";"
            yield Paragraph(text=item.rstrip(".;") + end, look="basis")
        else:
            yield Paragraph(text=f"{number}. {item}" if part.numbered else item)


def _items(fields: Mapping[str, Value], name: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in fields.get(name, ()) if isinstance(item, str) and item.strip())


def _said(text: str, texts: Mapping[str, str]) -> str:
    """Return a text with its fields, or nothing where one of them is empty."""
    if any(not texts[name] for name in PLACE.findall(text) if name not in GIVEN):
        return ""
    said = PLACE.sub(lambda place: texts[place[1]], text)
    return said[:1].upper() + said[1:]


def _ended(blocks: tuple[Body, ...]) -> tuple[Body, ...]:
    """End the last paragraph with "./.", as papers of the office do."""
    for at in range(len(blocks) - 1, -1, -1):
        block = blocks[at]
        if isinstance(block, Paragraph) and block.look == "body":
            if block.text.endswith(_END):
                return blocks
            ended = Paragraph(text=block.text.rstrip(" .;") + _END)
            return (*blocks[:at], ended, *blocks[at + 1 :])
    return blocks


def _recipients(to: Sequence[str], recipients: Sequence[str]) -> tuple[str, ...]:
    named = [each for each in recipients if each != "Như trên" and not each.startswith("Lưu")]
    kept = next((each for each in recipients if each.startswith("Lưu")), "Lưu: VT")
    return (*(("Như trên",) if to else ()), *named, kept)
