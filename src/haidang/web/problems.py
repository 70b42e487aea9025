"""Every error leaves the house as a problem document (RFC 9457), whoever raised it.

What a room refuses comes as :class:`haidang.base.problems.Problem` and is shown as it is. What Litestar
refuses (an unknown path, a body of the wrong shape) is translated. Everything else is a fault of ours: the
asker gets a request id and nothing of the inside, the log gets the whole story under the same id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import psycopg
from litestar.exceptions import HTTPException, SerializationException, ValidationException

from haidang.base.database import refusal_of
from haidang.base.problems import (
    FORBIDDEN,
    INTERNAL,
    INVALID,
    NOT_ALLOWED,
    NOT_FOUND,
    TOO_LARGE,
    TOO_MANY,
    UNAUTHENTICATED,
    UNAVAILABLE,
    UNSUPPORTED_MEDIA,
    Fault,
    Kind,
    Problem,
    kind,
)
from haidang.city.ngsild.problems import document as etsi
from haidang.web.asgi import Header, Send, answer

CROSS_SITE = kind(
    "cross-site-request", 403, "Yêu cầu đến từ một trang khác", "The request comes from another site"
)
BODY_SLOW = kind("body-too-slow", 408, "Dữ liệu gửi lên quá chậm", "The body came too slowly")
TOO_DEEP = kind("json-too-deep", 400, "JSON lồng quá nhiều tầng", "The JSON is nested too deeply")
RANGE = kind("range-not-satisfiable", 416, "Khoảng byte không có trong tệp", "The file has no such range")

MEDIA_TYPE = "application/problem+json"
BROKER = "/ngsi-ld/"

_BY_STATUS: dict[int, Kind] = {
    found.status: found
    for found in (
        INVALID,
        UNAUTHENTICATED,
        FORBIDDEN,
        NOT_FOUND,
        NOT_ALLOWED,
        TOO_LARGE,
        UNSUPPORTED_MEDIA,
        TOO_MANY,
        UNAVAILABLE,
    )
}
_EXPECTED = re.compile(r"Expected `(?P<want>[^`]+)`(?:, got `(?P<got>[^`]+)`)?")
_MISSING = re.compile(
    r"(?:Object m|M)issing required (?:field|(?:query|header|cookie) parameter) [`'](?P<name>[^`']+)[`']"
)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>[^`]+)`")


def problem_of(error: BaseException) -> Problem:
    """Return the refusal that ``error`` means to the asker; what is unknown is an internal error."""
    if isinstance(error, Problem):
        return error
    for kinds, translate in _TRANSLATIONS:
        if isinstance(error, kinds):
            return translate(error)
    return _fault_of_ours()


def _too_deep(_: Any) -> Problem:
    return Problem(
        TOO_DEEP,
        "Dữ liệu JSON có quá nhiều tầng lồng nhau.",
        "The JSON that was sent is nested too deeply to be read.",
    )


def _wrong_shape(error: Any) -> Problem:
    return Problem(
        INVALID,
        "Có trường chưa đúng, xem danh sách lỗi.",
        "Some fields are not right, see the list of faults.",
        faults=_faults(error.extra),
    )


def _not_for_the_database(_: Any) -> Problem:
    # U+0000, or a number that no column holds.
    return Problem(
        INVALID,
        "Có giá trị không thể lưu hay tra cứu được.",
        "A value in the request can neither be stored nor looked up.",
    )


def _state_of_the_database(error: Any) -> Problem:
    return refusal_of(error) or _fault_of_ours()


def _fault_of_ours() -> Problem:
    return Problem(
        INTERNAL,
        "Hệ thống gặp lỗi khi xử lý yêu cầu. Khi báo lỗi, xin gửi kèm mã yêu cầu (request_id).",
        "Something went wrong while handling the request. When you report it, give its request_id.",
    )


def _translated(error: HTTPException) -> Problem:
    if error.status_code == 400 and isinstance(
        error.__cause__, (SerializationException, msgspec.DecodeError)
    ):
        return _unreadable(str(error.__cause__))
    found = _BY_STATUS.get(error.status_code)
    if error.status_code >= 500 and found is not UNAVAILABLE:
        return _fault_of_ours()
    found = found or INVALID
    return Problem(found, en=error.detail if found is INVALID else "")


def _unreadable(error: Any) -> Problem:
    reason = str(error).removeprefix("JSON is malformed: ")[:300]
    return Problem(
        INVALID,
        f"Không đọc được JSON gửi lên: {reason}",
        f"The JSON that was sent cannot be read: {reason}",
    )


def _faults(extra: Any) -> tuple[Fault, ...]:
    """Turn Litestar's list of ``{message, key, source}`` into faults in both languages."""
    entries = extra if isinstance(extra, list) else [extra] if extra else []
    faults = []
    for entry in entries:
        if not isinstance(entry, Mapping):
            continue
        message = str(entry.get("message", ""))
        faults.append(Fault(field=str(entry.get("key", "")), vi=vietnamese(message), en=message))
    return tuple(faults)


_UNREADABLE = (SerializationException, msgspec.DecodeError, UnicodeDecodeError)
_TRANSLATIONS: tuple[tuple[Any, Callable[[Any], Problem]], ...] = (
    (RecursionError, _too_deep),
    (ValidationException, _wrong_shape),
    (_UNREADABLE, _unreadable),
    (psycopg.DataError, _not_for_the_database),
    (psycopg.Error, _state_of_the_database),
    (HTTPException, _translated),
)
"""What each kind of error means to the asker; the first that fits counts."""


def vietnamese(message: str) -> str:
    """Say in Vietnamese what the checker of shapes said in English; an unknown sentence stays as it is."""
    if found := _EXPECTED.search(message):
        got = f", nhận được {found['got']}" if found["got"] else ""
        return f"Cần {found['want']}{got}"
    if found := _MISSING.search(message):
        return f"Thiếu {found['name']}"
    if found := _UNKNOWN.search(message):
        return f"Không có trường {found['name']}"
    return message


def rendered(problem: Problem, *, request_id: str, instance: str | None = None) -> tuple[bytes, list[Header]]:
    """Return the body of the document and the headers that belong to it.

    What the door refuses before the broker is asked (a dead key, a body too large) has the broker's form.
    """
    if instance and instance.startswith(BROKER):
        document = etsi(problem) | {"request_id": request_id}
    else:
        document = problem.document(instance) | {"request_id": request_id}
    headers: list[Header] = [(b"cache-control", b"no-store")]
    if (wait := problem.extra.get("retry_after_s")) is not None:
        headers.append((b"retry-after", str(max(1, round(float(wait)))).encode()))
    if problem.kind.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    return msgspec.json.encode(document), headers


async def refuse(
    send: Send,
    problem: Problem,
    *,
    request_id: str,
    instance: str | None = None,
    headers: list[Header] | None = None,
) -> None:
    """Answer with the problem document."""
    body, own = rendered(problem, request_id=request_id, instance=instance)
    await answer(send, problem.kind.status, body, content_type=MEDIA_TYPE, headers=[*own, *(headers or [])])
