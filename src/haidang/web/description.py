"""``/schema/openapi.json``: the API as Litestar knows it, with what is answered below it added."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import msgspec
from litestar import Request
from litestar.enums import OpenAPIMediaType
from litestar.openapi.plugins import OpenAPIRenderPlugin

from haidang.web.guard import Route, routes_of
from haidang.web.stream import PATH as STREAM
from haidang.web.stream import PERMISSION

PROBLEM = "#/components/schemas/Problem"
_PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457; docs/problems.md lists the codes.",
    "required": ["type", "code", "status", "title", "title_en", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "code": {"type": "string"},
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "title_en": {"type": "string"},
        "detail": {"type": "string"},
        "detail_en": {"type": "string"},
        "request_id": {"type": "string"},
        "faults": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("field", "vi", "en", "value")},
            },
        },
    },
}
_VARYING = ("entityId", "attrName", "instanceId")
"""What the varying parts of the broker's paths are called, in their order."""
_TYPED = re.compile(r":\w+}")
"""The end of a varying part in Litestar's paths: ``{no:int}``."""
_STREAM = {
    "get": {
        "operationId": "Stream",
        "summary": "The live stream (server-sent events)",
        "description": "Events hello, changes, feed, reset and beat; see docs/api.md.",
        "x-permission": PERMISSION,
        "tags": ["stream"],
        "parameters": [
            {"name": name, "in": "query", "schema": {"type": "string"}, "description": meaning}
            for name, meaning in (
                ("topics", "entities,feeds"),
                ("area", "Code of an area: it and all below it"),
                ("type", "Types of entity, separated by commas"),
                ("after", "The last seq that was seen"),
            )
        ],
        "responses": {"200": {"description": "The stream", "content": {"text/event-stream": {}}}},
    }
}


class Description(OpenAPIRenderPlugin):
    """Renders the description once; routes do not change while the server runs."""

    def __init__(self, *, path: str, broker_routes: Sequence[tuple[str, str, str]] = ()) -> None:
        super().__init__(path=path, media_type=OpenAPIMediaType.OPENAPI_JSON)
        self._broker_routes = broker_routes
        self._rendered: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the JSON text of the whole description."""
        if self._rendered is None:
            self._rendered = msgspec.json.encode(self._complete(openapi_schema, routes_of(request.app)))
        return self._rendered

    def _complete(self, schema: dict[str, Any], routes: Iterable[Route]) -> dict[str, Any]:
        paths = {**schema["paths"], STREAM: _STREAM, **self._broker}
        for route in routes:
            operation = paths.get(_TYPED.sub("}", route.path), {}).get(route.method.lower())
            if operation is not None:
                operation["x-permission"] = route.permission
        for item in paths.values():
            for method, operation in item.items():
                if method in {"get", "post", "put", "patch", "delete"}:
                    _add_problems(operation)
        components = dict(schema.get("components") or {})
        components["schemas"] = {**components.get("schemas", {}), "Problem": _PROBLEM_SCHEMA}
        components["securitySchemes"] = {
            "session": {"type": "apiKey", "in": "cookie", "name": "haidang_session"},
            "key": {"type": "http", "scheme": "bearer", "description": "API key (hd_…)"},
        }
        return {
            **schema,
            "paths": paths,
            "components": components,
            "security": [{"session": []}, {"key": []}],
        }

    @cached_property
    def _broker(self) -> dict[str, Any]:
        paths: dict[str, Any] = {}
        for method, pattern, permission in self._broker_routes:
            path = pattern
            for name in _VARYING:
                path = path.replace("{}", f"{{{name}}}", 1)
            names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
            operation: dict[str, Any] = {
                "operationId": "NgsiLd"
                + method.title()
                + "".join(part.strip("{}").title() for part in path.split("/")),
                "summary": f"NGSI-LD v1.8: {method} {path.removeprefix('/ngsi-ld/v1')}",
                "description": "ETSI GS CIM 009.",
                "x-permission": permission,
                "tags": ["NGSI-LD"],
                "responses": {"2XX": {"description": "As the standard says"}},
                "parameters": [
                    {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                    for name in names
                ],
            }
            if method in {"POST", "PUT", "PATCH"}:
                body: dict[str, Any] = {"schema": {}}
                operation["requestBody"] = {
                    "content": {"application/json": body, "application/ld+json": body}
                }
            paths.setdefault(path, {})[method.lower()] = operation
        return paths


def _add_problems(operation: dict[str, Any]) -> None:
    content = {"application/problem+json": {"schema": {"$ref": PROBLEM}}}
    responses = operation.setdefault("responses", {})
    responses.pop("400", None)  # Litestar describes a form of its own that this house never sends
    responses["default"] = {"description": "A problem document", "content": content}
