"""Errors as the standard's problem documents: English ``title`` and ``detail``, Vietnamese beside them."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.base.problems import Problem
from haidang.city.terms import NGSI

_ERRORS = NGSI + "errors/"
_TYPES = {
    "invalid-request": "InvalidRequest",
    "bad-request-data": "BadRequestData",
    "model-violation": "BadRequestData",
    "bad-query": "BadRequestData",
    "endpoint-not-allowed": "BadRequestData",
    "already-exists": "AlreadyExists",
    "version-conflict": "Conflict",
    "registration-conflict": "Conflict",
    "source-not-allowed": "BadRequestData",
    "not-found": "ResourceNotFound",
    "nonexistent-tenant": "NonexistentTenant",
    "query-too-complex": "TooComplexQuery",
    "too-many-results": "TooManyResults",
    "ld-context-not-available": "LdContextNotAvailable",
    "operation-not-supported": "OperationNotSupported",
    "internal-error": "InternalError",
}


def document(problem: Problem) -> dict[str, Any]:
    """Return the body (RFC 7807) of a refusal; kinds outside the standard keep our own type."""
    kind = problem.kind
    known = _TYPES.get(kind.code)
    body: dict[str, Any] = {
        "type": _ERRORS + known if known else f"urn:haidang:problem:{kind.code}",
        "title": kind.en,
        "title_vi": kind.vi,
        "status": kind.status,
        "code": kind.code,
    }
    if problem.en:
        body["detail"] = problem.en
    if problem.vi:
        body["detail_vi"] = problem.vi
    if problem.faults:
        body["faults"] = msgspec.to_builtins(problem.faults)
    return body | problem.extra
