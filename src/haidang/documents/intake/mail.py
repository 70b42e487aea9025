"""An e-mail as text: its head, its words, and the names of what is attached."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from haidang.documents.intake import html
from haidang.documents.intake.model import HOSTILE, UNREADABLE, Mail, Note, TextFile, refused, tidy
from haidang.documents.intake.plain import decoded

PARTS_MAX = 200
_NAME_MAX = 255


def read(content: bytes) -> TextFile:
    """Return an e-mail; of a message in several forms the plain text, else what its HTML shows."""
    message = _parsed(content)
    parts = list(_leaves(message))
    words = [part for part in parts if not _attached(part)]
    chosen = [part for part in words if part.get_content_type() == "text/plain"]
    text, notes = "", []
    for part in chosen or [part for part in words if part.get_content_type() == "text/html"]:
        said, converted = _said(part)
        text += said + "\n\n"
        notes += converted
    names = tuple(_name(part, number) for number, part in enumerate(filter(_attached, parts), 1))
    if names:
        notes.append(
            Note(
                code="attachments-left-out",
                vi=f"Thư có {len(names)} tệp đính kèm chưa đọc; hãy nộp riêng từng tệp.",
                en=f"The e-mail has {len(names)} attachments that were not read: send each by itself.",
            )
        )
    head = Mail(
        sender=_header(message, "from"),
        date=_date(message),
        subject=_header(message, "subject"),
        attachments=names,
    )
    return TextFile(
        kind="mail",
        text=tidy(text),
        title=head.subject or None,
        mail=head,
        warnings=tuple(dict.fromkeys(notes)),
    )


def _parsed(content: bytes) -> EmailMessage:
    try:
        message = email.message_from_bytes(content, policy=email.policy.default)
    except (ValueError, LookupError, IndexError, RecursionError) as cause:
        raise refused(UNREADABLE, "Thư điện tử bị hỏng.", "The e-mail is damaged.") from cause
    if not message.keys():
        raise refused(UNREADABLE, "Thư điện tử không có phần đầu.", "The e-mail has no head.")
    assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
    return message


def _leaves(message: EmailMessage) -> list[EmailMessage]:
    """Return the parts that hold something; a message within the message is one, and is not opened."""
    found: list[EmailMessage] = []
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += reversed(list(part.iter_parts()))  # type: ignore[arg-type]
        else:
            found.append(part)
        if len(found) + len(waiting) > PARTS_MAX:
            raise refused(HOSTILE, "Thư có quá nhiều phần.", "The e-mail has too many parts.")
    return found


def _attached(part: EmailMessage) -> bool:
    return (
        part.get_content_disposition() == "attachment"
        or part.get_content_maintype() != "text"
        or bool(part.get_filename())
    )


def _said(part: EmailMessage) -> tuple[str, list[Note]]:
    payload = part.get_payload(decode=True)
    text, notes = decoded(payload if isinstance(payload, bytes) else b"", part.get_content_charset())
    return (html.text_of(text) if part.get_content_type() == "text/html" else text), list(notes)


def _name(part: EmailMessage, number: int) -> str:
    name = part.get_filename() or ""
    if not name and part.get_content_type() == "message/rfc822":
        name = f"thu-{number}.eml"
    return tidy(name.replace("\n", " "))[:_NAME_MAX] or f"tep-{number}"


def _header(message: EmailMessage, name: str) -> str:
    try:
        return tidy(str(message.get(name, "")))[:1_000]
    except (ValueError, LookupError, IndexError):
        return ""


def _date(message: EmailMessage) -> datetime | None:
    try:
        at = parsedate_to_datetime(str(message.get("date", "")))
    except (ValueError, TypeError, IndexError):
        return None
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
