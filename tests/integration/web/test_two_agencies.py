"""Two agencies in one house: over every route, neither sees nor changes what is the other's.

The list of routes is the application's own. Each has a row in :data:`ASKED` that says how the agency *sao*
asks it about what belongs to the agency *trang*; a new route without a row fails the first test.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx
import pytest
import pytest_asyncio
from tests.integration.web.conftest import Agency, Site, until
from tests.unit.programme.sheets.workbooks import plan_sheet, written

from haidang.indicators.service.desk import desk_of
from haidang.indicators.service.discipline import tick
from haidang.organisation.permissions import PUBLIC
from haidang.web.app import every_route, make_litestar
from haidang.web.guard import Route
from haidang.web.hub import Audience, Client
from haidang.web.identity import Credential

MINE, THEIRS = "sao", "trang"

LIST = "list"
"""Answers with what is one's own; what is the other's does not stand in it."""
REFUSED = "refused"
"""About one thing of the other's: 403 or 404, and nothing changes."""
SHARED = "shared"
"""The same for everybody who is signed in; holds nothing that belongs to an agency."""
EVERYBODY = "everybody"
"""Public."""
NOTHING = "nothing"
"""Does its work on nothing: what is the other's is not there for it."""
NOT_MINE = "not mine"
"""Needs a permission over the whole house: 403 for whoever administers one agency."""


class Asked(NamedTuple):
    """How one agency asks a route about the other's things."""

    what: str
    path: str = ""
    """Path and query with ``{names}`` of the other's things; absent: the route's own path."""
    body: Any = None


def entity(name: str = "{entity}") -> dict[str, Any]:
    return {"id": name, "type": "Camera", "status": {"type": "Property", "value": "taken over"}}


def registration(name: str, entity_id: str) -> dict[str, Any]:
    return {
        "id": name,
        "type": "ContextSourceRegistration",
        "information": [{"entities": [{"type": "Camera", "id": entity_id}], "propertyNames": ["pointing"]}],
        "mode": "exclusive",
        "operations": ["updateOps"],
        "endpoint": "http://gates.invalid/",
    }


E = "/ngsi-ld/v1/entities/{entity}"
T = "/ngsi-ld/v1/temporal/entities/{entity}"
S = "/ngsi-ld/v1/subscriptions/{subscription}"
R = "/ngsi-ld/v1/csourceRegistrations/{registration}"
D = "/api/v1/directive-documents/{document_id:int}"
V = "/api/v1/directives/{directive_id:int}"
G = "/api/v1/programme/programs/{program_id:int}"
J = "/api/v1/programme/projects/{project_id:int}"
H = "/api/v1/programme/meetings/{meeting_id:int}"
X = "/api/v1/indices/tables/{table_id:int}"
K = "/api/v1/indicators/{indicator_id:int}"
N = "/api/v1/indicators/submissions/{submission_id:int}"
IMPORT = "/api/v1/programme/imports/{import_id:int}"
CONTRACTING = "/api/v1/programme/contracting-imports/{import_id:int}"
ASKED: dict[tuple[str, str], Asked] = {
    ("GET", "/version"): Asked(EVERYBODY),
    ("GET", "/api/v1/site"): Asked(EVERYBODY),
    ("GET", "/health/live"): Asked(EVERYBODY),
    ("GET", "/health/ready"): Asked(EVERYBODY),
    ("GET", "/metrics"): Asked(EVERYBODY),
    ("GET", "/schema/openapi.json"): Asked(EVERYBODY),
    ("GET", "/docs"): Asked(EVERYBODY),
    ("GET", "/basemap.pmtiles"): Asked(EVERYBODY),
    ("GET", "/{page}"): Asked(EVERYBODY, "/city/{entity}"),
    ("POST", "/internal/v1/write"): Asked(REFUSED, body={}),
    ("DELETE", "/api/v1/session"): Asked(SHARED, "signing out"),
    ("POST", "/api/v1/session"): Asked(
        REFUSED, body={"username": "{username}", "password": "đoán mò một lần"}
    ),
    ("GET", "/api/v1/session"): Asked(LIST),
    ("POST", "/api/v1/session/password"): Asked(REFUSED, body={"old": "sai", "new": "một mật khẩu khác"}),
    ("POST", "/api/v1/first-administrator"): Asked(
        REFUSED,
        body={"token": "x" * 43, "username": "ke-gian", "display_name": "K", "password": "một mật khẩu dài"},
    ),
    ("POST", "/api/v1/set-password"): Asked(
        REFUSED, body={"token": "x" * 43, "password": "một mật khẩu dài"}
    ),
    ("GET", "/api/v1/liveness"): Asked(LIST),
    ("POST", "/api/v1/orgs"): Asked(REFUSED, body={"name": "Phòng chen vào", "parent_id": "{org}"}),
    ("GET", "/api/v1/orgs"): Asked(LIST),
    ("GET", "/api/v1/orgs/called"): Asked(LIST, "/api/v1/orgs/called?q=so+{word}"),
    ("PATCH", "/api/v1/orgs/{org_id:int}"): Asked(REFUSED, "/api/v1/orgs/{org}", {"name": "Đổi tên"}),
    ("GET", "/api/v1/areas"): Asked(SHARED),
    ("GET", "/api/v1/areas/{code:str}"): Asked(SHARED, "/api/v1/areas/22"),
    ("GET", "/api/v1/areas/outlines"): Asked(SHARED, "/api/v1/areas/outlines?level=province"),
    ("GET", "/api/v1/calendar"): Asked(SHARED, "/api/v1/calendar?year=2026"),
    ("GET", "/api/v1/permissions"): Asked(SHARED),
    ("POST", "/api/v1/accounts"): Asked(
        REFUSED, body={"username": "chen-vao", "display_name": "C", "org_id": "{org}"}
    ),
    ("GET", "/api/v1/accounts"): Asked(LIST),
    ("PATCH", "/api/v1/accounts/{account_id:int}"): Asked(
        REFUSED, "/api/v1/accounts/{account}", {"display_name": "Đổi"}
    ),
    ("POST", "/api/v1/accounts/{account_id:int}/password-link"): Asked(
        REFUSED, "/api/v1/accounts/{account}/password-link"
    ),
    ("POST", "/api/v1/accounts/{account_id:int}/grants"): Asked(
        REFUSED, "/api/v1/accounts/{account}/grants", {"role": "viewer", "org_id": "{my_org}"}
    ),
    ("GET", "/api/v1/accounts/{account_id:int}/grants"): Asked(REFUSED, "/api/v1/accounts/{account}/grants"),
    ("DELETE", "/api/v1/accounts/{account_id:int}/grants/{grant_id:int}"): Asked(
        REFUSED, "/api/v1/accounts/{account}/grants/{grant}"
    ),
    ("POST", "/api/v1/roles"): Asked(
        NOT_MINE, body={"name": "ke_gian", "vi": "K", "en": "K", "permissions": ["entity.read"]}
    ),
    ("GET", "/api/v1/roles"): Asked(SHARED),
    ("PATCH", "/api/v1/roles/{name:str}"): Asked(
        NOT_MINE, "/api/v1/roles/{role}", {"permissions": ["audit.read"]}
    ),
    ("POST", "/api/v1/keys"): Asked(
        REFUSED, body={"name": "chen vào", "org_id": "{org}", "permissions": ["entity.read"]}
    ),
    ("GET", "/api/v1/keys"): Asked(LIST),
    ("DELETE", "/api/v1/keys/{key_id:int}"): Asked(REFUSED, "/api/v1/keys/{key}"),
    ("GET", "/api/v1/audit"): Asked(LIST),
    ("GET", "/api/v1/entities/{entity_id:str}"): Asked(REFUSED, "/api/v1/entities/{entity}"),
    ("GET", "/api/v1/entities/{entity_id:str}/history"): Asked(REFUSED, "/api/v1/entities/{entity}/history"),
    ("GET", "/api/v1/sectors"): Asked(SHARED),
    ("GET", "/api/v1/labels"): Asked(SHARED),
    ("GET", "/api/v1/models"): Asked(LIST),
    ("GET", "/api/v1/models/{type_name:str}"): Asked(LIST, "/api/v1/models/Camera"),
    ("GET", "/api/v1/models/{type_name:str}/schema"): Asked(SHARED, "/api/v1/models/Camera/schema"),
    ("PATCH", "/api/v1/models/{type_name:str}"): Asked(NOT_MINE, "/api/v1/models/Camera", {"mode": "reject"}),
    ("GET", "/api/v1/search"): Asked(LIST, "/api/v1/search?q={word}"),
    ("GET", "/api/v1/boards/city"): Asked(LIST),
    ("GET", "/api/v1/displays"): Asked(SHARED),
    ("GET", "/api/v1/boards/duty"): Asked(LIST),
    ("GET", "/api/v1/boards/wall"): Asked(LIST),
    ("GET", "/api/v1/boards/directives"): Asked(LIST),
    ("GET", "/api/v1/boards/brief"): Asked(LIST),
    ("GET", "/api/v1/boards/owed"): Asked(REFUSED, "/api/v1/boards/owed?unit={org}"),
    ("GET", "/api/v1/boards/meetings/{meeting_id:int}"): Asked(REFUSED, "/api/v1/boards/meetings/{meeting}"),
    ("GET", "/api/v1/replay"): Asked(LIST, "/api/v1/replay?from={long_ago}&to={soon}"),
    ("GET", "/api/v1/operations"): Asked(SHARED),
    ("GET", "/api/v1/storage"): Asked(SHARED),
    ("GET", "/api/v1/hours"): Asked(SHARED, "/api/v1/hours?attr=status&type=Camera"),
    ("GET", "/api/v1/contexts"): Asked(LIST),
    ("GET", "/api/v1/stream"): Asked(LIST, "stream"),
    ("GET", "/api/v1/tasks"): Asked(LIST, "/api/v1/tasks?view=all"),
    ("GET", "/api/v1/tasks/counts"): Asked(SHARED),
    ("POST", "/api/v1/tasks"): Asked(
        REFUSED, body={"title": "Chen vào", "owner_org": "{org}", "due": {"precision": "none"}}
    ),
    ("GET", "/api/v1/tasks/{task_id:int}"): Asked(REFUSED, "/api/v1/tasks/{task}"),
    ("PATCH", "/api/v1/tasks/{task_id:int}"): Asked(REFUSED, "/api/v1/tasks/{task}", {"title": "Đổi"}),
    ("POST", "/api/v1/tasks/{task_id:int}/acts"): Asked(
        REFUSED, "/api/v1/tasks/{task}/acts", {"do": {"act": "cancel", "text": "hủy giúp"}}
    ),
    ("POST", "/api/v1/tasks/{task_id:int}/children"): Asked(
        REFUSED, "/api/v1/tasks/{task}/children", {"title": "Chen vào", "due": {"precision": "none"}}
    ),
    ("GET", "/api/v1/tasks/{task_id:int}/timeline"): Asked(REFUSED, "/api/v1/tasks/{task}/timeline"),
    ("GET", "/api/v1/tasks/{task_id:int}/colleagues"): Asked(REFUSED, "/api/v1/tasks/{task}/colleagues"),
    ("POST", "/api/v1/tasks/{task_id:int}/evidence"): Asked(
        REFUSED, "/api/v1/tasks/{task}/evidence?name=a.txt", {"chen": "vào"}
    ),
    ("GET", "/api/v1/tasks/{task_id:int}/evidence/{evidence_id:int}"): Asked(
        REFUSED, "/api/v1/tasks/{task}/evidence/{evidence}"
    ),
    ("POST", "/api/v1/tasks/bulk"): Asked(
        REFUSED, body={"do": {"act": "receive"}, "tasks": [{"id": "{task}", "version": 1}]}
    ),
    ("GET", "/api/v1/tasks/export"): Asked(SHARED, "/api/v1/tasks/export?view=all"),
    ("POST", "/api/v1/tasks/import/compare"): Asked(REFUSED, body={}),
    ("POST", "/api/v1/tasks/import"): Asked(
        REFUSED, body={"sha256": "0" * 64, "rows": [{"id": "{task}", "version": 1, "text": "chen vào"}]}
    ),
    ("GET", "/api/v1/notices"): Asked(LIST),
    ("GET", "/api/v1/alerts"): Asked(LIST),
    ("POST", "/api/v1/alerts"): Asked(
        REFUSED, body={"title": "Chen vào", "priority": 3, "owner_org": "{org}"}
    ),
    ("GET", "/api/v1/alerts/queue"): Asked(LIST),
    ("GET", "/api/v1/alerts/quality"): Asked(LIST),
    ("POST", "/api/v1/alerts/bulk"): Asked(
        REFUSED, body={"do": {"act": "acknowledge"}, "items": [{"id": "{alert}", "version": 1}]}
    ),
    ("GET", "/api/v1/alert-rules"): Asked(SHARED),
    ("GET", "/api/v1/alert-rules/schema"): Asked(SHARED),
    ("GET", "/api/v1/alert-rules/{name:str}"): Asked(LIST, "/api/v1/alert-rules/camera-lost"),
    ("POST", "/api/v1/alert-rules/{name:str}/trial"): Asked(
        LIST,
        "/api/v1/alert-rules/camera-lost/trial",
        {"from": "{yesterday}", "to": "{tomorrow}", "set": {"that": 'status == "online"', "for": None}},
    ),
    ("PUT", "/api/v1/alert-rules/{name:str}/mode"): Asked(
        NOT_MINE, "/api/v1/alert-rules/camera-lost/mode", {"mode": "off", "reason": "yên tĩnh"}
    ),
    ("GET", "/api/v1/alert-rules/{name:str}/overrides"): Asked(
        LIST, "/api/v1/alert-rules/camera-lost/overrides"
    ),
    ("PUT", "/api/v1/alert-rules/{name:str}/overrides"): Asked(
        REFUSED,
        "/api/v1/alert-rules/camera-lost/overrides",
        {"entity": "{entity}", "off": True, "reason": "che mắt"},
    ),
    ("DELETE", "/api/v1/alert-rules/{name:str}/overrides"): Asked(
        REFUSED, "/api/v1/alert-rules/camera-lost/overrides?entity={entity}"
    ),
    ("POST", "/api/v1/alert-rules/reload"): Asked(NOT_MINE),
    ("GET", "/api/v1/alerts/{alert_id:int}"): Asked(REFUSED, "/api/v1/alerts/{alert}"),
    ("GET", "/api/v1/alerts/{alert_id:int}/timeline"): Asked(REFUSED, "/api/v1/alerts/{alert}/timeline"),
    ("POST", "/api/v1/alerts/{alert_id:int}/acts"): Asked(
        REFUSED, "/api/v1/alerts/{alert}/acts", {"do": {"act": "acknowledge"}}
    ),
    ("GET", "/api/v1/alert-maintenance"): Asked(LIST),
    ("POST", "/api/v1/alert-maintenance"): Asked(
        REFUSED, body={"entity_id": "{entity}", "until": "{soon}", "reason": "sửa chữa"}
    ),
    ("DELETE", "/api/v1/alert-maintenance/{number:int}"): Asked(
        REFUSED, "/api/v1/alert-maintenance/{maintenance}"
    ),
    ("POST", "/api/v1/notices/read"): Asked(SHARED, body={"ids": ["{notice}"]}),
    ("GET", "/api/v1/task-preferences"): Asked(SHARED),
    ("PUT", "/api/v1/task-preferences"): Asked(SHARED, body={"digest": False}),
    ("GET", "/api/v1/task-roles"): Asked(LIST),
    ("PUT", "/api/v1/task-roles/{org_id:int}"): Asked(REFUSED, "/api/v1/task-roles/{org}", {"roles": []}),
    ("GET", "/api/v1/warnings"): Asked(LIST),
    ("GET", "/api/v1/warnings/choices"): Asked(SHARED),
    ("POST", "/api/v1/incidents/{incident_id:int}/warnings"): Asked(
        REFUSED, "/api/v1/incidents/{incident}/warnings", {}
    ),
    ("GET", "/api/v1/warnings/received"): Asked(SHARED),
    ("POST", "/api/v1/warnings/received"): Asked(NOT_MINE, body={}),
    ("POST", "/api/v1/warnings"): Asked(REFUSED, body={"owner_org": "{org}"}),
    ("GET", "/api/v1/warnings/{warning_id:int}"): Asked(REFUSED, "/api/v1/warnings/{warning}"),
    ("PUT", "/api/v1/warnings/{warning_id:int}"): Asked(REFUSED, "/api/v1/warnings/{warning}", {}),
    ("POST", "/api/v1/warnings/{warning_id:int}/acts"): Asked(
        REFUSED, "/api/v1/warnings/{warning}/acts", {"do": {"act": "drop"}}
    ),
    ("GET", "/api/v1/warnings/{warning_id:int}/xml"): Asked(REFUSED, "/api/v1/warnings/{sent_warning}/xml"),
    ("GET", "/cap/feed.atom"): Asked(EVERYBODY),
    ("GET", "/cap/feed.rss"): Asked(EVERYBODY),
    ("GET", "/cap/{name:str}"): Asked(EVERYBODY, "/cap/hd-2026-0.xml"),
    ("GET", "/api/v1/incident-kinds"): Asked(SHARED),
    ("GET", "/api/v1/incidents"): Asked(LIST),
    ("POST", "/api/v1/incidents"): Asked(
        REFUSED, body={"kind": "flood", "title": "Chen vào", "owner_org": "{org}"}
    ),
    ("GET", "/api/v1/incidents/statistics"): Asked(SHARED),
    ("GET", "/api/v1/incidents/{incident_id:int}"): Asked(REFUSED, "/api/v1/incidents/{incident}"),
    ("POST", "/api/v1/incidents/{incident_id:int}/acts"): Asked(
        REFUSED, "/api/v1/incidents/{incident}/acts", {"do": {"act": "verify", "text": "chen vào"}}
    ),
    ("GET", "/api/v1/incidents/{incident_id:int}/log"): Asked(REFUSED, "/api/v1/incidents/{incident}/log"),
    ("POST", "/api/v1/incidents/{incident_id:int}/log"): Asked(
        REFUSED, "/api/v1/incidents/{incident}/log", {"text": "chen vào"}
    ),
    ("POST", "/api/v1/incidents/{incident_id:int}/files"): Asked(
        REFUSED, "/api/v1/incidents/{incident}/files?name=a.txt", {"chen": "vào"}
    ),
    ("GET", "/api/v1/incidents/{incident_id:int}/files/{file_id:int}"): Asked(
        REFUSED, "/api/v1/incidents/{incident}/files/{incident_file}"
    ),
    ("GET", "/api/v1/incidents/{incident_id:int}/after-action"): Asked(
        REFUSED, "/api/v1/incidents/{incident}/after-action?format=pdf"
    ),
    ("POST", "/api/v1/incidents/{incident_id:int}/lessons/{no:int}/task"): Asked(
        REFUSED,
        "/api/v1/incidents/{incident}/lessons/1/task",
        {"owner_org": "{org}", "due": {"precision": "none"}},
    ),
    ("GET", "/api/v1/incidents/{incident_id:int}/procedure"): Asked(
        REFUSED, "/api/v1/incidents/{incident}/procedure"
    ),
    ("POST", "/api/v1/incidents/{incident_id:int}/procedure"): Asked(
        REFUSED, "/api/v1/incidents/{incident}/procedure", {"reason": "chen vào"}
    ),
    ("POST", "/api/v1/incidents/{incident_id:int}/procedure/steps/{step:str}"): Asked(
        REFUSED,
        "/api/v1/incidents/{incident}/procedure/steps/{step}",
        {"do": {"act": "skip", "reason": "chen vào"}},
    ),
    ("GET", "/api/v1/procedures"): Asked(SHARED),
    ("GET", "/api/v1/procedures/{name:str}"): Asked(SHARED, "/api/v1/procedures/flood-response"),
    ("GET", "/api/v1/procedure-roles"): Asked(SHARED),
    ("PUT", "/api/v1/procedure-roles/{role:str}"): Asked(
        REFUSED, "/api/v1/procedure-roles/police_duty", {"items": [{"org_id": "{org}"}]}
    ),
    ("GET", "/api/v1/incidents/{incident_id:int}/nearest"): Asked(
        REFUSED, "/api/v1/incidents/{incident}/nearest"
    ),
    ("GET", "/api/v1/resources"): Asked(LIST),
    ("POST", "/api/v1/resources"): Asked(
        REFUSED, body={"name": "Xe chen vào", "kind": "truck", "org_id": "{org}"}
    ),
    ("PATCH", "/api/v1/resources/{resource_id:int}"): Asked(
        REFUSED, "/api/v1/resources/{resource}", {"name": "Đổi"}
    ),
    ("POST", "/api/v1/resources/{resource_id:int}/acts"): Asked(
        REFUSED, "/api/v1/resources/{resource}/acts", {"do": {"act": "out", "note": "chen vào"}}
    ),
    ("GET", "/api/v1/paper-numbers"): Asked(LIST),
    ("POST", "/api/v1/paper-numbers"): Asked(
        REFUSED, body={"org_id": "{org}", "type_code": "TB", "year": 2026, "subject": "chen vào"}
    ),
    ("POST", "/api/v1/paper-numbers/{number_id:int}/void"): Asked(
        REFUSED, "/api/v1/paper-numbers/{paper_number}/void", {"why": "chen vào sổ"}
    ),
    ("POST", "/api/v1/paper-numbers/series"): Asked(
        REFUSED, body={"org_id": "{org}", "type_code": "TB", "year": 2026, "next": 100}
    ),
    ("GET", "/api/v1/paper-numbers/gaps"): Asked(LIST),
    ("POST", "/api/v1/paper-numbers/gaps"): Asked(
        REFUSED,
        body={"org_id": "{org}", "type_code": "BC", "year": 2026, "first": 1, "last": 2, "why": "chen sổ"},
    ),
    ("GET", "/api/v1/shifts/current"): Asked(LIST),
    ("GET", "/api/v1/shifts/people"): Asked(REFUSED, "/api/v1/shifts/people?org_id={org}"),
    ("POST", "/api/v1/shifts"): Asked(REFUSED, body={"org_id": "{org}"}),
    ("GET", "/api/v1/shifts/handover"): Asked(LIST),
    ("GET", "/api/v1/shifts/handover/draft"): Asked(LIST),
    ("POST", "/api/v1/shifts/handover"): Asked(REFUSED, body={"incoming": "{account}", "org_id": "{org}"}),
    ("GET", "/api/v1/shifts/handover/{handover_id:int}"): Asked(
        REFUSED, "/api/v1/shifts/handover/{handover}"
    ),
    ("GET", "/api/v1/shifts/handover/{handover_id:int}/sheet"): Asked(
        REFUSED, "/api/v1/shifts/handover/{handover}/sheet"
    ),
    ("POST", "/api/v1/shifts/handover/{handover_id:int}/sign"): Asked(
        REFUSED, "/api/v1/shifts/handover/{handover}/sign"
    ),
    ("POST", "/api/v1/shifts/handover/{handover_id:int}/withdraw"): Asked(
        REFUSED, "/api/v1/shifts/handover/{handover}/withdraw", {"reason": "chen vào"}
    ),
    ("GET", "/api/v1/subscriptions"): Asked(LIST),
    ("POST", "/api/v1/subscriptions/{no:int}/pause"): Asked(
        REFUSED, "/api/v1/subscriptions/{subscription_no}/pause"
    ),
    ("POST", "/api/v1/subscriptions/{no:int}/resume"): Asked(
        REFUSED, "/api/v1/subscriptions/{subscription_no}/resume"
    ),
    ("GET", "/api/v1/notifications/endpoints"): Asked(LIST),
    ("GET", "/api/v1/notifications/dead"): Asked(LIST),
    ("GET", "/api/v1/notifications/dead/{no:int}"): Asked(REFUSED, "/api/v1/notifications/dead/{letter}"),
    ("POST", "/api/v1/notifications/dead/replay"): Asked(REFUSED, body={"letters": ["{letter}"]}),
    ("GET", "/api/v1/registrations"): Asked(LIST),
    ("GET", "/api/v1/actuations"): Asked(LIST),
    ("GET", "/api/v1/feeds"): Asked(LIST),
    ("GET", "/api/v1/feeds/{name:str}"): Asked(REFUSED, "/api/v1/feeds/{feed}"),
    ("GET", "/api/v1/feeds/{name:str}/runs"): Asked(REFUSED, "/api/v1/feeds/{feed}/runs"),
    ("GET", "/api/v1/feeds/{name:str}/refused"): Asked(REFUSED, "/api/v1/feeds/{feed}/refused"),
    ("POST", "/api/v1/feeds/{name:str}/refused/{refused_id:int}/looked"): Asked(
        REFUSED, "/api/v1/feeds/{feed}/refused/{refused}/looked", {"note": "đã xem"}
    ),
    ("POST", "/api/v1/feeds/{name:str}/run"): Asked(REFUSED, "/api/v1/feeds/{feed}/run"),
    ("POST", "/api/v1/feeds/{name:str}/pause"): Asked(REFUSED, "/api/v1/feeds/{feed}/pause"),
    ("POST", "/api/v1/feeds/{name:str}/resume"): Asked(REFUSED, "/api/v1/feeds/{feed}/resume"),
    ("GET", "/ngsi-ld/v1/entities"): Asked(LIST, "/ngsi-ld/v1/entities?type=Camera"),
    ("GET", "/ngsi-ld/v1/entities/{}"): Asked(REFUSED, E),
    ("GET", "/ngsi-ld/v1/entities/{}/attrs/{}/value"): Asked(REFUSED, E + "/attrs/status/value"),
    ("GET", "/ngsi-ld/v1/info/sourceIdentity"): Asked(SHARED),
    ("POST", "/ngsi-ld/v1/entityOperations/query"): Asked(
        LIST, body={"type": "Query", "entities": [{"type": "Camera"}]}
    ),
    ("GET", "/ngsi-ld/v1/temporal/entities"): Asked(
        LIST, "/ngsi-ld/v1/temporal/entities?type=Camera&timerel=after&timeAt={long_ago}"
    ),
    ("GET", "/ngsi-ld/v1/temporal/entities/{}"): Asked(REFUSED, "/ngsi-ld/v1/temporal/entities/{entity}"),
    ("POST", "/ngsi-ld/v1/temporal/entities"): Asked(REFUSED, body=entity()),
    ("DELETE", "/ngsi-ld/v1/temporal/entities/{}"): Asked(REFUSED, T),
    ("POST", "/ngsi-ld/v1/temporal/entities/{}/attrs"): Asked(
        REFUSED, f"{T}/attrs", {"status": [{"type": "Property", "value": "taken over"}]}
    ),
    ("DELETE", "/ngsi-ld/v1/temporal/entities/{}/attrs/{}"): Asked(
        REFUSED, f"{T}/attrs/status?deleteAll=true"
    ),
    ("PATCH", "/ngsi-ld/v1/temporal/entities/{}/attrs/{}/{}"): Asked(
        REFUSED, f"{T}/attrs/status/urn:ngsi-ld:Instance:1-1", {"type": "Property", "value": "taken over"}
    ),
    ("DELETE", "/ngsi-ld/v1/temporal/entities/{}/attrs/{}/{}"): Asked(
        REFUSED, f"{T}/attrs/status/urn:ngsi-ld:Instance:1-1"
    ),
    ("POST", "/ngsi-ld/v1/temporal/entityOperations/query"): Asked(
        LIST,
        body={
            "type": "Query",
            "entities": [{"type": "Camera"}],
            "temporalQ": {"timerel": "after", "timeAt": "{long_ago}"},
        },
    ),
    ("GET", "/ngsi-ld/v1/types"): Asked(LIST),
    ("GET", "/ngsi-ld/v1/types/{}"): Asked(REFUSED, "/ngsi-ld/v1/types/Only{word}"),
    ("GET", "/ngsi-ld/v1/attributes"): Asked(LIST),
    ("GET", "/ngsi-ld/v1/attributes/{}"): Asked(REFUSED, "/ngsi-ld/v1/attributes/only{word}"),
    ("GET", "/ngsi-ld/v1/jsonldContexts"): Asked(SHARED),
    ("POST", "/ngsi-ld/v1/jsonldContexts"): Asked(SHARED, body={"@context": {"a": "https://example.org/a"}}),
    ("GET", "/ngsi-ld/v1/jsonldContexts/{}"): Asked(SHARED, "/ngsi-ld/v1/jsonldContexts/{context}"),
    ("DELETE", "/ngsi-ld/v1/jsonldContexts/{}"): Asked(REFUSED, "/ngsi-ld/v1/jsonldContexts/{context}"),
    ("POST", "/ngsi-ld/v1/entities"): Asked(REFUSED, body=entity()),
    ("PUT", "/ngsi-ld/v1/entities/{}"): Asked(REFUSED, E, entity()),
    ("PATCH", "/ngsi-ld/v1/entities/{}"): Asked(REFUSED, E, entity()),
    ("DELETE", "/ngsi-ld/v1/entities"): Asked(NOTHING, "/ngsi-ld/v1/entities?type=Camera&id={entity}"),
    ("DELETE", "/ngsi-ld/v1/entities/{}"): Asked(REFUSED, E),
    ("POST", "/ngsi-ld/v1/entities/{}/attrs"): Asked(REFUSED, E + "/attrs", {"status": {"value": "x"}}),
    ("PATCH", "/ngsi-ld/v1/entities/{}/attrs"): Asked(REFUSED, E + "/attrs", {"status": {"value": "x"}}),
    ("PATCH", "/ngsi-ld/v1/entities/{}/attrs/{}"): Asked(REFUSED, E + "/attrs/status", {"value": "x"}),
    ("PUT", "/ngsi-ld/v1/entities/{}/attrs/{}"): Asked(
        REFUSED, E + "/attrs/status", {"type": "Property", "value": "x"}
    ),
    ("DELETE", "/ngsi-ld/v1/entities/{}/attrs/{}"): Asked(REFUSED, E + "/attrs/status"),
    ("PUT", "/ngsi-ld/v1/entities/{}/attrs/{}/value"): Asked(
        REFUSED, E + "/attrs/status/value", "taken over"
    ),
    ("POST", "/ngsi-ld/v1/entityOperations/create"): Asked(REFUSED, body=[entity()]),
    ("POST", "/ngsi-ld/v1/entityOperations/upsert"): Asked(REFUSED, body=[entity()]),
    ("POST", "/ngsi-ld/v1/entityOperations/update"): Asked(REFUSED, body=[entity()]),
    ("POST", "/ngsi-ld/v1/entityOperations/merge"): Asked(REFUSED, body=[entity()]),
    ("POST", "/ngsi-ld/v1/entityOperations/delete"): Asked(REFUSED, body=["{entity}"]),
    ("POST", "/ngsi-ld/v1/subscriptions"): Asked(
        REFUSED,
        body={
            "id": "{subscription}",
            "type": "Subscription",
            "entities": [{"type": "Camera"}],
            "notification": {"endpoint": {"uri": "http://192.0.2.1/"}},
        },
    ),
    ("GET", "/ngsi-ld/v1/subscriptions"): Asked(LIST),
    ("GET", "/ngsi-ld/v1/subscriptions/{}"): Asked(REFUSED, S),
    ("PATCH", "/ngsi-ld/v1/subscriptions/{}"): Asked(REFUSED, S, {"isActive": False}),
    ("DELETE", "/ngsi-ld/v1/subscriptions/{}"): Asked(REFUSED, S),
    ("POST", "/ngsi-ld/v1/csourceRegistrations"): Asked(
        REFUSED, body=registration("urn:x:registration:taken", "{entity}")
    ),
    ("GET", "/ngsi-ld/v1/csourceRegistrations"): Asked(LIST),
    ("GET", "/ngsi-ld/v1/csourceRegistrations/{}"): Asked(REFUSED, R),
    ("PATCH", "/ngsi-ld/v1/csourceRegistrations/{}"): Asked(REFUSED, R, {"description": "taken over"}),
    ("DELETE", "/ngsi-ld/v1/csourceRegistrations/{}"): Asked(REFUSED, R),
    ("GET", "/api/v1/programme/programs"): Asked(LIST),
    ("POST", "/api/v1/programme/programs"): Asked(
        REFUSED,
        body={"code": "chen", "name": "Chen", "period_from": 2026, "period_to": 2027, "owner_org": "{org}"},
    ),
    ("GET", G): Asked(REFUSED, "/api/v1/programme/programs/{program}"),
    ("PATCH", G): Asked(REFUSED, "/api/v1/programme/programs/{program}", {"name": "Đổi"}),
    ("GET", G + "/decisions"): Asked(REFUSED, "/api/v1/programme/programs/{program}/decisions"),
    ("POST", G + "/decisions"): Asked(
        REFUSED, "/api/v1/programme/programs/{program}/decisions",
        {"decisions": [{"kind": "plan", "doc_number": "1", "signed_on": "2026-01-05"}]},
    ),
    ("GET", G + "/tree"): Asked(REFUSED, "/api/v1/programme/programs/{program}/tree?year=2026"),
    ("POST", G + "/nodes"): Asked(
        REFUSED, "/api/v1/programme/programs/{program}/nodes",
        {"year": 2026, "nodes": [{"key": "A", "name": "Chen vào"}]},
    ),
    ("GET", G + "/plans"): Asked(REFUSED, "/api/v1/programme/programs/{program}/plans?year=2026"),
    ("POST", G + "/plans"): Asked(
        REFUSED, "/api/v1/programme/programs/{program}/plans",
        {"revisions": [{"project_id": "{project}", "fund_source_id": 1, "plan_kind": "annual",
                        "plan_year": 2026, "amount_dong": 1, "decision_id": "{decision}",
                        "valid_from": "2026-02-01"}]},
    ),
    ("GET", G + "/money"): Asked(REFUSED, "/api/v1/programme/programs/{program}/money?year=2026"),
    ("GET", G + "/board"): Asked(REFUSED, "/api/v1/programme/programs/{program}/board?year=2026"),
    ("GET", G + "/unspent"): Asked(REFUSED, "/api/v1/programme/programs/{program}/unspent?year=2026"),
    ("GET", G + "/snapshots"): Asked(REFUSED, "/api/v1/programme/programs/{program}/snapshots"),
    ("POST", G + "/snapshots"): Asked(
        REFUSED, "/api/v1/programme/programs/{program}/snapshots",
        {"title": "Chen", "plan_year": 2026, "plan_as_of": "2026-02-01", "cutoff": "2026-02-01"},
    ),
    ("GET", "/api/v1/programme/snapshots/{snapshot_id:int}"): Asked(
        REFUSED, "/api/v1/programme/snapshots/{snapshot}"
    ),
    ("GET", "/api/v1/programme/fields"): Asked(SHARED),
    ("GET", G + "/reports/{kind:str}"): Asked(
        REFUSED, "/api/v1/programme/programs/{program}/reports/monthly?period=2026"
    ),
    ("GET", G + "/reports"): Asked(REFUSED, "/api/v1/programme/programs/{program}/reports"),
    ("POST", G + "/reports"): Asked(
        REFUSED, "/api/v1/programme/programs/{program}/reports", {"kind": "monthly", "period": "2026"}
    ),
    ("GET", J + "/supervision-report"): Asked(
        REFUSED, "/api/v1/programme/projects/{project}/supervision-report?period=2026"
    ),
    ("POST", J + "/supervision-report"): Asked(
        REFUSED, "/api/v1/programme/projects/{project}/supervision-report", {"period": "2026"}
    ),
    ("GET", "/api/v1/programme/reports/{report_id:int}"): Asked(
        REFUSED, "/api/v1/programme/reports/{programme_report}"
    ),
    ("GET", G + "/places"): Asked(REFUSED, "/api/v1/programme/programs/{program}/places"),
    ("POST", G + "/places"): Asked(REFUSED, "/api/v1/programme/programs/{program}/places", {}),
    ("GET", "/api/v1/programme/fund-sources"): Asked(SHARED),
    ("POST", "/api/v1/programme/fund-sources"): Asked(
        NOT_MINE, body={"code": "chen", "name": "C", "name_en": "C", "capital_class": "investment"}
    ),
    **{
        ("GET", G + f"/{name}"): Asked(
            REFUSED, f"/api/v1/programme/programs/{{program}}/{name}?year=2026{more}"
        )
        for name, more in (
            ("rates", "&by=owner"), ("flags", ""), ("risks", ""), ("pace", ""), ("moves", ""),
            ("backtest", ""),
        )
    },
    ("POST", G + "/flags/follow-up"): Asked(
        REFUSED, "/api/v1/programme/programs/{program}/flags/follow-up",
        {"project": "{project}", "code": "nothing_paid", "year": 2026},
    ),
    ("GET", J + "/earned"): Asked(REFUSED, "/api/v1/programme/projects/{project}/earned"),
    ("GET", J + "/curve"): Asked(REFUSED, "/api/v1/programme/projects/{project}/curve?year=2026"),
    ("GET", "/api/v1/programme/owners/{org_id:int}"): Asked(
        REFUSED, "/api/v1/programme/owners/{org}?year=2026"
    ),
    ("GET", "/api/v1/programme/contractors/{contractor_id:int}"): Asked(
        LIST, "/api/v1/programme/contractors/{contractor}"
    ),
    ("GET", "/api/v1/programme/forecast"): Asked(LIST, "/api/v1/programme/forecast?year=2026"),
    ("GET", "/api/v1/programme/ledger"): Asked(NOT_MINE),
    ("GET", "/api/v1/programme/projects"): Asked(LIST),
    ("POST", "/api/v1/programme/projects"): Asked(
        REFUSED, body={"program_id": "{program}", "name": "Chen vào", "owner_org": "{org}"}
    ),
    ("GET", J): Asked(REFUSED, "/api/v1/programme/projects/{project}"),
    ("PATCH", J): Asked(REFUSED, "/api/v1/programme/projects/{project}", {"name": "Đổi"}),
    ("POST", J + "/totals"): Asked(
        REFUSED, "/api/v1/programme/projects/{project}/totals",
        {"amount_dong": 1, "decision_id": "{decision}", "valid_from": "2026-02-01"},
    ),
    ("GET", J + "/plans"): Asked(REFUSED, "/api/v1/programme/projects/{project}/plans"),
    ("GET", J + "/timeline"): Asked(REFUSED, "/api/v1/programme/projects/{project}/timeline"),
    ("GET", J + "/records/{kind:str}"): Asked(
        REFUSED, "/api/v1/programme/projects/{project}/records/contract"
    ),
    ("POST", J + "/records/{kind:str}"): Asked(
        REFUSED, "/api/v1/programme/projects/{project}/records/milestone",
        {"kind": "other", "name": "Chen", "baseline_on": "2026-05-01"},
    ),
    ("PATCH", "/api/v1/programme/records/{kind:str}/{record_id:int}"): Asked(
        REFUSED, "/api/v1/programme/records/contract/{contract}", {"subject": "Đổi"}
    ),
    ("GET", J + "/files"): Asked(REFUSED, "/api/v1/programme/projects/{project}/files"),
    ("POST", J + "/files"): Asked(
        REFUSED, "/api/v1/programme/projects/{project}/files?name=a.txt", {"chen": "vào"}
    ),
    ("GET", J + "/files/{file_id:int}"): Asked(
        REFUSED, "/api/v1/programme/projects/{project}/files/{project_file}"
    ),
    ("GET", J + "/bottlenecks"): Asked(REFUSED, "/api/v1/programme/projects/{project}/bottlenecks"),
    ("POST", J + "/bottlenecks"): Asked(
        REFUSED, "/api/v1/programme/projects/{project}/bottlenecks",
        {"cause": "other", "description": "Chen vào", "due": {"precision": "none"}},
    ),
    ("GET", "/api/v1/programme/contractors"): Asked(SHARED, "/api/v1/programme/contractors?q=khong+co"),
    ("POST", "/api/v1/programme/contractors"): Asked(
        SHARED, body={"name": "Công ty Chung", "tax_code": "0100000001"}
    ),
    ("GET", J + "/payments"): Asked(REFUSED, "/api/v1/programme/projects/{project}/payments"),
    ("POST", J + "/payments"): Asked(
        REFUSED, "/api/v1/programme/projects/{project}/payments",
        {"fund_source_id": 1, "plan_year": 2026, "kind": "volume", "confirmed_dong": 1,
         "paid_on": "2026-01-09", "treasury_ref": "x"},
    ),
    ("POST", J + "/estimates"): Asked(
        REFUSED, "/api/v1/programme/projects/{project}/estimates",
        {"fund_source_id": 1, "plan_year": 2026, "period": 2, "kind": "volume", "estimate_dong": 1},
    ),
    ("GET", "/api/v1/programme/payments/{payment_id:int}"): Asked(
        REFUSED, "/api/v1/programme/payments/{payment}"
    ),
    ("POST", "/api/v1/programme/payments/{payment_id:int}/acts"): Asked(
        REFUSED, "/api/v1/programme/payments/{payment}/acts", {"do": {"act": "cancel", "note": "chen vào"}}
    ),
    ("GET", "/api/v1/programme/contractor-cases"): Asked(LIST),
    ("POST", J + "/contractor-cases"): Asked(
        REFUSED, "/api/v1/programme/projects/{project}/contractor-cases",
        {"contract_id": "{contract}", "subject": "Chen",
         "warning": {"act": "warn", "document": "1", "dated_on": "2026-01-05", "decided_by": "K",
                     "text": "x"}},
    ),
    ("GET", "/api/v1/programme/contractor-cases/{case_id:int}"): Asked(
        REFUSED, "/api/v1/programme/contractor-cases/{contractor_case}"
    ),
    ("POST", "/api/v1/programme/contractor-cases/{case_id:int}/acts"): Asked(
        REFUSED, "/api/v1/programme/contractor-cases/{contractor_case}/acts",
        {"do": {"act": "close", "document": "1", "dated_on": "2026-01-05", "decided_by": "K", "text": "x"}},
    ),
    ("GET", "/api/v1/programme/contractor-letters"): Asked(LIST),
    ("POST", J + "/contractor-letters"): Asked(
        REFUSED, "/api/v1/programme/projects/{project}/contractor-letters",
        {"act": "demand", "contract_id": 1, "text": "Chen vào", "signatory": {"name": "K", "office": "GĐ"}},
    ),
    ("GET", "/api/v1/programme/contractor-letters/{letter_id:int}"): Asked(
        REFUSED, "/api/v1/programme/contractor-letters/{contractor_letter}"
    ),
    ("POST", "/api/v1/programme/contractor-letters/{letter_id:int}/sign"): Asked(
        REFUSED, "/api/v1/programme/contractor-letters/{contractor_letter}/sign"
    ),
    ("POST", "/api/v1/programme/contractor-letters/{letter_id:int}/withdraw"): Asked(
        REFUSED, "/api/v1/programme/contractor-letters/{contractor_letter}/withdraw", {"reason": "chen vào"}
    ),
    ("POST", G + "/contracting-imports"): Asked(
        REFUSED, "/api/v1/programme/programs/{program}/contracting-imports?name=a.json", {"releases": []}
    ),
    ("GET", G + "/contracting-imports"): Asked(
        REFUSED, "/api/v1/programme/programs/{program}/contracting-imports"
    ),
    ("GET", CONTRACTING): Asked(REFUSED, "/api/v1/programme/contracting-imports/{contracting}"),
    ("POST", CONTRACTING + "/approve"): Asked(
        REFUSED, "/api/v1/programme/contracting-imports/{contracting}/approve",
        {"diff": "0" * 64, "document": "1/QĐ"},
    ),
    ("POST", CONTRACTING + "/reject"): Asked(
        REFUSED, "/api/v1/programme/contracting-imports/{contracting}/reject", {"reason": "chen vào"}
    ),
    ("GET", "/api/v1/programme/sheets"): Asked(SHARED),
    ("POST", "/api/v1/programme/imports"): Asked(
        REFUSED, "/api/v1/programme/imports?program={program}&name=a.xlsx&valid_from=2026-01-05"
    ),
    ("GET", "/api/v1/programme/imports"): Asked(REFUSED, "/api/v1/programme/imports?program={program}"),
    ("GET", IMPORT): Asked(REFUSED, "/api/v1/programme/imports/{import}"),
    ("GET", IMPORT + "/file"): Asked(REFUSED, "/api/v1/programme/imports/{import}/file"),
    ("POST", IMPORT + "/approve"): Asked(
        REFUSED, "/api/v1/programme/imports/{import}/approve",
        {"diff": "0" * 64, "decision": {"doc_number": "1", "signed_on": "2026-01-05"}},
    ),
    ("POST", IMPORT + "/reject"): Asked(
        REFUSED, "/api/v1/programme/imports/{import}/reject", {"reason": "chen vào"}
    ),
    ("GET", "/api/v1/programme/forms/{form:str}"): Asked(
        REFUSED, "/api/v1/programme/forms/progress?program={program}&year=2026&period=2"
    ),
    ("POST", "/api/v1/programme/forms/compare"): Asked(REFUSED, body={}),
    ("POST", "/api/v1/programme/forms/apply"): Asked(
        REFUSED,
        body={"form": "progress", "program": "{program}", "year": 2026, "period": 2,
              "rows": [{"key": "1", "version": 0, "value": "5"}]},
    ),
    ("POST", J + "/schedule/compare"): Asked(
        REFUSED, "/api/v1/programme/projects/{project}/schedule/compare", {}
    ),
    ("POST", J + "/schedule/apply"): Asked(
        REFUSED, "/api/v1/programme/projects/{project}/schedule/apply",
        {"rows": [{"name": "Chen vào", "baseline_on": "2026-01-05"}]},
    ),
    ("GET", G + "/meetings"): Asked(REFUSED, "/api/v1/programme/programs/{program}/meetings"),
    ("POST", G + "/meetings"): Asked(
        REFUSED, "/api/v1/programme/programs/{program}/meetings",
        {"held_on": "2026-03-02", "cutoff": "2026-02-28"},
    ),
    ("GET", H): Asked(REFUSED, "/api/v1/programme/meetings/{held}"),
    ("PATCH", H): Asked(REFUSED, "/api/v1/programme/meetings/{held}", {"title": "Đổi"}),
    ("GET", H + "/pack"): Asked(REFUSED, "/api/v1/programme/meetings/{held}/pack"),
    ("GET", H + "/slides"): Asked(REFUSED, "/api/v1/programme/meetings/{held}/slides"),
    ("POST", H + "/issue"): Asked(REFUSED, "/api/v1/programme/meetings/{held}/issue"),
    ("POST", H + "/decisions"): Asked(
        REFUSED, "/api/v1/programme/meetings/{held}/decisions", {"text": "Chen vào"}
    ),
    ("PATCH", "/api/v1/programme/meeting-decisions/{decision_id:int}"): Asked(
        REFUSED, "/api/v1/programme/meeting-decisions/{decided}", {"text": "Đổi"}
    ),
    ("DELETE", "/api/v1/programme/meeting-decisions/{decision_id:int}"): Asked(
        REFUSED, "/api/v1/programme/meeting-decisions/{decided}"
    ),
    ("POST", H + "/conclude"): Asked(REFUSED, "/api/v1/programme/meetings/{held}/conclude", {}),
    ("GET", H + "/conclusion"): Asked(REFUSED, "/api/v1/programme/meetings/{held}/conclusion"),
    ("GET", "/api/v1/programme/public"): Asked(EVERYBODY),
    ("GET", "/open-data/{standard:str}"): Asked(EVERYBODY, "/open-data/oc4ids"),
    ("GET", "/open-data"): Asked(EVERYBODY),
    ("GET", "/open-data/projects/{public_id:str}"): Asked(EVERYBODY, "/open-data/projects/DA-2026-000001"),
    ("GET", "/open-data/projects.csv"): Asked(EVERYBODY),
    ("GET", "/open-data/page.css"): Asked(EVERYBODY),
    ("GET", "/api/v1/programme/public/{public_id:str}"): Asked(EVERYBODY, "/api/v1/programme/public/DA-1"),
    ("GET", "/api/v1/indices/methods"): Asked(SHARED),
    ("GET", "/api/v1/indices/methods/{code:str}"): Asked(SHARED, "/api/v1/indices/methods/DVC-766"),
    ("POST", "/api/v1/indices/compute"): Asked(REFUSED, "/api/v1/indices/compute?method=DVC-766", {}),
    ("GET", "/api/v1/indices/tables"): Asked(LIST),
    ("POST", "/api/v1/indices/tables"): Asked(
        REFUSED, "/api/v1/indices/tables?method=DVC-766&name=a.csv&year=2024&owner={org}", {}
    ),
    ("GET", X): Asked(REFUSED, "/api/v1/indices/tables/{index_table}"),
    ("GET", X + "/file"): Asked(REFUSED, "/api/v1/indices/tables/{index_table}/file"),
    ("POST", X + "/corrections"): Asked(
        REFUSED, "/api/v1/indices/tables/{index_table}/corrections?name=a.csv&reason=x", {}
    ),
    ("GET", X + "/analysis"): Asked(REFUSED, "/api/v1/indices/tables/{index_table}/analysis?unit=Xã A"),
    ("GET", "/api/v1/indices/trend"): Asked(LIST, "/api/v1/indices/trend?index=DVC&unit=Xã A"),
    ("GET", "/api/v1/indicators"): Asked(LIST),
    ("POST", "/api/v1/indicators"): Asked(
        REFUSED,
        body={"code": "CHEN-VAO", "vi": "Chen", "en": "C", "unit": "%", "direction": "up", "level": "unit",
              "owner_org": "{org}", "period_kind": "month", "source_kind": "computed",
              "method": {"vi": "x", "en": "x", "valid_from": "2021-01-01"}},
    ),
    ("GET", K): Asked(REFUSED, "/api/v1/indicators/{indicator}"),
    ("PATCH", K): Asked(REFUSED, "/api/v1/indicators/{indicator}", {"vi": "Đổi"}),
    ("POST", K + "/methods"): Asked(
        REFUSED, "/api/v1/indicators/{indicator}/methods", {"vi": "x", "en": "x", "valid_from": "2026-05-01"}
    ),
    ("GET", K + "/targets"): Asked(REFUSED, "/api/v1/indicators/{indicator}/targets?place={indicator_place}"),
    ("POST", K + "/targets"): Asked(
        REFUSED, "/api/v1/indicators/{indicator}/targets",
        {"place": "{indicator_place}", "targets": [{"period": "2026-10", "value": "9"}]},
    ),
    ("POST", K + "/duties"): Asked(
        REFUSED, "/api/v1/indicators/{indicator}/duties", {"duties": [{"org": "{org}", "period": "2026-10"}]}
    ),
    ("GET", K + "/values"): Asked(
        REFUSED, "/api/v1/indicators/{indicator}/values?first=2026-01&last=2026-12"
    ),
    ("GET", K + "/revisions"): Asked(
        REFUSED, "/api/v1/indicators/{indicator}/revisions?place={indicator_place}&period={indicator_period}"
    ),
    ("POST", K + "/corrections"): Asked(
        REFUSED, "/api/v1/indicators/{indicator}/corrections",
        {"place": "{indicator_place}", "period": "{indicator_period}", "revision": 1, "value": "9",
         "reason": "chen vào"},
    ),
    ("GET", K + "/punctuality"): Asked(REFUSED, "/api/v1/indicators/{indicator}/punctuality?year=2026"),
    ("POST", "/api/v1/indicators/values"): Asked(
        REFUSED,
        body={"source_ref": "x", "values": [{"code": "{pulled}", "org": "{org}", "period": "2026-10",
                                             "value": "9"}]},
    ),
    ("GET", "/api/v1/indicators/health"): Asked(LIST),
    ("GET", "/api/v1/indicators/places"): Asked(LIST),
    ("GET", "/api/v1/indicators/forms"): Asked(LIST),
    ("POST", "/api/v1/indicators/forms"): Asked(
        REFUSED,
        body={"code": "chen-vao", "vi": "C", "en": "C", "period_kind": "month", "due": {"working_days": 3},
              "collector_org": "{org}"},
    ),
    ("PATCH", "/api/v1/indicators/forms/{form:str}"): Asked(
        REFUSED, "/api/v1/indicators/forms/{indicator_form}", {"vi": "Đổi"}
    ),
    ("GET", "/api/v1/indicators/submissions"): Asked(LIST),
    ("GET", N): Asked(REFUSED, "/api/v1/indicators/submissions/{submission}"),
    ("POST", N + "/values"): Asked(
        REFUSED, "/api/v1/indicators/submissions/{submission}/values",
        {"entries": [
            {"indicator": "{indicator}", "place": "{indicator_place}", "revision": 1, "value": "9"}
        ]},
    ),
    ("POST", N + "/acts"): Asked(
        REFUSED, "/api/v1/indicators/submissions/{submission}/acts", {"do": {"act": "approve"}}
    ),
    ("GET", N + "/workbook"): Asked(REFUSED, "/api/v1/indicators/submissions/{submission}/workbook"),
    ("POST", N + "/workbook"): Asked(
        REFUSED, "/api/v1/indicators/submissions/{submission}/workbook", {"sha256": "0" * 64, "rows": []}
    ),
    ("POST", "/api/v1/indicators/workbooks/compare"): Asked(REFUSED, body={}),
    ("GET", "/api/v1/indicators/discipline"): Asked(LIST, "/api/v1/indicators/discipline?year=2026"),
    ("POST", "/api/v1/indicators/discipline/{late_id:int}/waive"): Asked(
        REFUSED, "/api/v1/indicators/discipline/{late}/waive", {"why": "chen vào"}
    ),
    ("POST", "/api/v1/indicators/views"): Asked(SHARED, body={"board": "wall"}),
    ("GET", "/api/v1/indicators/views"): Asked(LIST),
    ("GET", "/api/v1/indicator-formulas/facts"): Asked(SHARED),
    ("POST", "/api/v1/indicator-formulas/check"): Asked(
        SHARED, body={"formula": "1 + 1", "unit": "%", "period_kind": "month", "level": "unit"}
    ),
    ("GET", "/api/v1/indicators/{indicator_id:int}/dependencies"): Asked(
        REFUSED, "/api/v1/indicators/{indicator}/dependencies"
    ),
    ("GET", "/api/v1/indicators/{indicator_id:int}/unfolded"): Asked(
        REFUSED, "/api/v1/indicators/{computed}/unfolded?place={indicator_place}&period={indicator_period}"
    ),
    ("GET", "/api/v1/directive-documents"): Asked(LIST),
    ("POST", "/api/v1/directive-documents"): Asked(
        REFUSED, body={"text": "Giao Sở chen vào báo cáo.", "owner_org": "{org}"}
    ),
    ("GET", D): Asked(REFUSED, "/api/v1/directive-documents/{document}"),
    ("PATCH", D): Asked(REFUSED, "/api/v1/directive-documents/{document}", {"number": "1/TB"}),
    ("GET", D + "/file"): Asked(REFUSED, "/api/v1/directive-documents/{paper}/file"),
    ("POST", D + "/acts"): Asked(
        REFUSED, "/api/v1/directive-documents/{document}/acts", {"do": {"act": "withdraw", "reason": "x"}}
    ),
    ("POST", D + "/read"): Asked(REFUSED, "/api/v1/directive-documents/{document}/read", {}),
    ("POST", D + "/candidates"): Asked(
        REFUSED, "/api/v1/directive-documents/{document}/candidates", {"start": 0, "end": 9}
    ),
    ("POST", D + "/candidates/merge"): Asked(
        REFUSED, "/api/v1/directive-documents/{document}/candidates/merge", {"ids": ["{candidate}", 1]}
    ),
    ("POST", D + "/accept-complete"): Asked(
        REFUSED, "/api/v1/directive-documents/{document}/accept-complete", {"product": "x"}
    ),
    ("POST", D + "/issue"): Asked(REFUSED, "/api/v1/directive-documents/{document}/issue", {}),
    ("POST", "/api/v1/directive-candidates/{candidate_id:int}/acts"): Asked(
        REFUSED, "/api/v1/directive-candidates/{candidate}/acts", {"do": {"act": "accept"}}
    ),
    ("GET", "/api/v1/directive-candidates/{candidate_id:int}/verdicts"): Asked(
        REFUSED, "/api/v1/directive-candidates/{candidate}/verdicts"
    ),
    ("GET", "/api/v1/directives"): Asked(LIST),
    ("GET", V): Asked(REFUSED, "/api/v1/directives/{directive}"),
    ("GET", V + "/matrix"): Asked(REFUSED, "/api/v1/directives/{directive}/matrix"),
    ("POST", V + "/acts"): Asked(
        REFUSED, "/api/v1/directives/{directive}/acts",
        {"do": {"act": "link", "kind": "project", "ref": "1"}},
    ),
    ("GET", "/api/v1/directive-leaders"): Asked(LIST),
    ("GET", "/api/v1/directive-quality"): Asked(SHARED),
    ("GET", "/api/v1/directive-counts"): Asked(LIST, "/api/v1/directive-counts?by=document"),
    ("POST", "/api/v1/directive-counts/check"): Asked(
        SHARED, body={"source": "x", "statements": [{"says": "sum", "whole": {"name": "a", "number": 1},
                                                     "parts": [{"name": "b", "number": 1}]}]}
    ),
    ("GET", "/api/v1/directive-reports/{kind:str}"): Asked(LIST, "/api/v1/directive-reports/weekly"),
    ("GET", "/api/v1/directive-reports"): Asked(LIST),
    ("POST", "/api/v1/directive-reports"): Asked(REFUSED, body={"kind": "weekly", "unit": "{org}"}),
    ("GET", "/api/v1/directive-reports/issued/{report_id:int}"): Asked(
        REFUSED, "/api/v1/directive-reports/issued/{report}?format=pdf"
    ),
    ("GET", "/api/v1/directive-letters"): Asked(LIST),
    ("GET", "/api/v1/directive-letters/due"): Asked(LIST),
    ("POST", "/api/v1/directive-letters"): Asked(REFUSED, body={"org": "{org}", "task_ids": ["{task}"]}),
    ("GET", "/api/v1/directive-letters/{letter_id:int}"): Asked(
        REFUSED, "/api/v1/directive-letters/{reminder}?format=docx"
    ),
    ("GET", "/api/v1/directive-brief"): Asked(LIST, "/api/v1/directive-brief?format=json&leader="),
    ("GET", "/api/v1/directive-groups"): Asked(LIST),
    ("POST", "/api/v1/directive-groups"): Asked(
        REFUSED, body={"name": "các sở", "members": ["{org}"], "valid_from": "2026-01-01"}
    ),
    ("GET", "/api/v1/meetings"): Asked(LIST),
    ("POST", "/api/v1/meetings"): Asked(REFUSED, body={"title": "Chen vào", "owner_org": "{org}"}),
    ("GET", "/api/v1/meetings/{meeting_id:int}"): Asked(REFUSED, "/api/v1/meetings/{meeting}"),
    ("PATCH", "/api/v1/meetings/{meeting_id:int}"): Asked(
        REFUSED, "/api/v1/meetings/{meeting}", {"title": "Đổi"}
    ),
}  # fmt: skip

FEED = """
feed: feed-{word}
title: {{vi: Nguồn {word}, en: Feed {word}}}
kind: file
owner: Sở {word}
sector: transport
source: {{path: {path}, format: csv}}
mapping:
  type: Camera
  id: "{word}:{{code}}"
  fields:
    name: {{from: name, required: true}}
"""


class World(NamedTuple):
    """The site and its two agencies."""

    site: Site
    mine: Agency
    theirs: Agency


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(site: Site) -> AsyncIterator[World]:
    agencies = [await site.agency(word) for word in (MINE, THEIRS)]
    for agency in agencies:
        await furnish(site, agency)
    yield World(site, agencies[0], agencies[1])
    for agency in agencies:
        await agency.client.aclose()


async def furnish(site: Site, agency: Agency) -> None:
    """Give an agency one of everything that can belong to one."""
    word, client = agency.word, agency.client
    observed = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    own = {
        "id": f"urn:ngsi-ld:Camera:{word}",
        "type": "Camera",
        "name": {"type": "Property", "value": f"Camera {word}"},
        "status": {"type": "Property", "value": "online", "observedAt": observed},
        # Does not fit the data model, so that the agency has a violation of its own.
        "on": {"type": "Property", "value": f"power of {word}"},
    }
    only = {
        "id": f"urn:x:only:{word}",
        "type": f"Only{word}",
        f"only{word}": {"type": "Property", "value": 1},
    }
    upserted = await client.post("/ngsi-ld/v1/entityOperations/upsert", json=[own, only])
    assert upserted.status_code == 201, upserted.text
    hosted = await client.post(
        "/ngsi-ld/v1/jsonldContexts", json={"@context": {"b": "https://example.org/b"}}
    )
    assert hosted.status_code == 201, hosted.text
    made = await site.write(
        client,
        "POST",
        "/api/v1/keys",
        {"name": f"khóa {word}", "org_id": agency.org_id, "permissions": ["entity.read"]},
    )
    grants = (await client.get(f"/api/v1/accounts/{agency.account_id}/grants")).json()["items"]
    role = await site.write(
        site.administrator,
        "POST",
        "/api/v1/roles",
        {"name": f"role_{word}", "vi": "Vai trò", "en": "Role", "permissions": ["entity.read"]},
    )
    folder = site.settings.data_dir / "feeds"
    folder.mkdir(exist_ok=True)
    (folder / f"{word}.csv").write_text(f"code,name\n1,Camera {word} một\n2,\n", encoding="utf-8")
    (folder / f"{word}.yaml").write_text(
        FEED.format(word=word, path=folder / f"{word}.csv"), encoding="utf-8"
    )

    async def declared() -> bool:
        return (await client.get(f"/api/v1/feeds/feed-{word}")).status_code == 200

    await until(declared)
    await site.write(client, "POST", f"/api/v1/feeds/feed-{word}/run")

    async def refused() -> Any:
        found = await client.get(f"/api/v1/feeds/feed-{word}/refused")
        return found.status_code == 200 and found.json()["items"]

    rows = await until(refused)
    endpoint = f"http://{word}.invalid/"
    subscription = {
        "id": f"urn:x:subscription:{word}",
        "type": "Subscription",
        "entities": [{"type": "Nothing"}],
        "isActive": False,
        "notification": {"endpoint": {"uri": endpoint}},
    }
    assert (await client.post("/ngsi-ld/v1/subscriptions", json=subscription)).status_code == 201
    registered = registration(f"urn:x:registration:{word}", str(own["id"]))
    made_registration = await client.post("/ngsi-ld/v1/csourceRegistrations", json=registered)
    assert made_registration.status_code == 201, made_registration.text
    # Nothing answers at that address: the command fails, and is on record.
    command = await client.patch(
        f"/ngsi-ld/v1/entities/{own['id']}/attrs/pointing", json={"type": "Property", "value": word}
    )
    assert command.status_code in {502, 504}, command.text
    async with site.house.db.transaction() as connection:
        cursor = await connection.execute(
            "INSERT INTO notification (id, subscription, queue, entity_id, origins, made_at, dead_at, body) "
            "SELECT %s, no,"
            " %s, '', '[]', now(), now(), '{}' FROM subscription WHERE id = %s "
            "RETURNING no, subscription",
            (f"urn:x:letter:{word}", endpoint, subscription["id"]),
        )
        [(letter, subscription_no)] = await cursor.fetchall()
    agency.things = (
        await tasks_of(site, agency)
        | await warnings_of(site, agency)
        | {
            "word": word,
            "entity": own["id"],
            "org": agency.org_id,
            "account": agency.account_id,
            "username": f"nv-{word}",
            "key": made["key"]["id"],
            "grant": grants[0]["id"],
            "role": role["name"],
            "context": hosted.headers["location"].rpartition("/")[2],
            "feed": f"feed-{word}",
            "refused": rows[0]["id"],
            "subscription": subscription["id"],
            "registration": registered["id"],
            "subscription_no": subscription_no,
            "letter": letter,
            "long_ago": "2020-01-01T00:00:00Z",
            "soon": "2100-01-01T00:00:00Z",
            "yesterday": (datetime.now(UTC) - timedelta(days=1)).isoformat(),
            "tomorrow": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
        }
        | await alerts_of(site, agency, own["id"])
        | await incidents_of(site, agency)
        | await directives_of(site, agency)
        | await programme_of(site, agency)
        | await index_of(site, agency)
        | await indicators_of(site, agency)
        | await numbers_of(site, agency)
    )


async def numbers_of(site: Site, agency: Agency) -> dict[str, Any]:
    """Give an agency a number of a paper, and a register that begins above one."""
    series = {"org_id": agency.org_id, "year": 2026}
    begun = series | {"type_code": "BC", "next": 9}
    await site.write(agency.client, "POST", "/api/v1/paper-numbers/series", begun)
    why = f"Sổ giấy của {agency.word}"
    gap = series | {"type_code": "BC", "first": 3, "last": 4, "why": why}
    await site.write(agency.client, "POST", "/api/v1/paper-numbers/gaps", gap)
    new = series | {"type_code": "TB", "subject": f"Kết luận của {agency.word}"}
    number = await site.write(agency.client, "POST", "/api/v1/paper-numbers", new)
    return {"paper_number": number["id"]}


async def programme_of(site: Site, agency: Agency) -> dict[str, Any]:
    """Give an agency a programme, a project with plan, contract, payment, file, bottleneck and case."""
    client, word, root = agency.client, agency.word, "/api/v1/programme"

    async def made(path: str, body: Any) -> Any:
        return await site.write(client, "POST", root + path, body)

    program = await made(
        "/programs", {"code": f"CT-{word}", "name": f"Đề án {word}", "period_from": 2026, "period_to": 2030}
    )
    papers = [{"kind": "plan", "doc_number": f"1/{word}", "signed_on": "2026-01-05"}]
    decided = await made(f"/programs/{program['id']}/decisions", {"decisions": papers})
    decision = decided["items"][0]["id"]
    facts = {"program_id": program["id"], "name": f"Dự án {word}", "is_public": True}
    project = (await made("/projects", facts))["id"]
    revision = {
        "project_id": project, "fund_source_id": 1, "plan_kind": "annual", "plan_year": 2026,
        "amount_dong": 9_000, "decision_id": decision, "valid_from": "2026-01-05",
    }  # fmt: skip
    await made(f"/programs/{program['id']}/plans", {"revisions": [revision]})
    company = await made("/contractors", {"name": "Công ty Chung", "tax_code": "0100000001"})
    contract = await made(
        f"/projects/{project}/records/contract",
        {"contractor_id": company["id"], "contract_no": f"01/{word}", "value_dong": 8_000,
         "signed_on": "2026-01-06", "effective_on": "2026-01-06", "expires_on": "2026-12-31"},
    )  # fmt: skip
    payment = await made(
        f"/projects/{project}/estimates",
        {"fund_source_id": 1, "plan_year": 2026, "period": 2, "kind": "volume", "estimate_dong": 100},
    )
    attached = await client.post(
        f"{root}/projects/{project}/files?name=anh.txt",
        content=f"ảnh {word}".encode(),
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )
    assert attached.status_code == 201, attached.text
    await made(
        f"/projects/{project}/bottlenecks",
        {"cause": "clearance", "description": f"Vướng của {word}", "due": {"precision": "none"}},
    )
    case = await made(
        f"/projects/{project}/contractor-cases",
        {"contract_id": contract["id"], "subject": f"Chậm ở {word}",
         "warning": {"act": "warn", "document": f"2/{word}", "dated_on": "2026-02-02", "decided_by": "K",
                     "text": "Chậm tiến độ"}},
    )  # fmt: skip
    sheet = await client.post(
        f"{root}/imports?program={program['id']}&name=ke-hoach.xlsx&valid_from=2026-01-05",
        content=written(plan_sheet(1).grid),
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )
    assert sheet.status_code == 201, sheet.text
    frozen = await made(
        f"/programs/{program['id']}/snapshots",
        {"title": f"Báo cáo {word}", "plan_year": 2026, "plan_as_of": "2026-02-01", "cutoff": "2026-02-01"},
    )
    report = await made(f"/projects/{project}/supervision-report", {"period": "2026"})
    contracting = await made(
        f"/programs/{program['id']}/contracting-imports?name=ocds.json",
        {"releases": [{"ocid": "ocds-x-1", "planning": {"budget": {"project": f"Dự án {word}"}}}]},
    )
    letter = await made(
        f"/projects/{project}/contractor-letters",
        {"act": "demand", "contract_id": contract["id"], "text": f"Chậm ở {word}",
         "signatory": {"name": "K", "office": "Giám đốc"}},
    )  # fmt: skip
    held = await made(
        f"/programs/{program['id']}/meetings", {"held_on": "2026-02-02", "cutoff": "2026-01-31"}
    )
    told = await made(f"/meetings/{held['id']}/decisions", {"text": f"Việc của {word}"})
    return {
        "import": sheet.json()["id"], "held": held["id"], "decided": told["decisions"][0]["id"],
        "snapshot": frozen["id"],
        "programme_report": report["id"],
        "contractor_letter": letter["id"],
        "contracting": contracting["id"],
        "program": program["id"], "decision": decision, "project": project, "contract": contract["id"],
        "contractor": company["id"],
        "payment": payment["id"], "project_file": attached.json()["id"], "contractor_case": case["id"],
    }  # fmt: skip


async def index_of(site: Site, agency: Agency) -> dict[str, Any]:
    """Give an agency a table of service scores that it has not shared."""
    head = "unit,transparency,timeliness,digitisation,online,satisfaction"
    made = await agency.client.post(
        f"/api/v1/indices/tables?method=DVC-766&name=diem.csv&year=2025&title=Điểm của {agency.word}",
        content=f"{head}\nXã A,10,11,12,13,14\nXã B,9,9,9,9,9\n".encode(),
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )
    assert made.status_code == 201, made.text
    return {"index_table": made.json()["id"]}


async def indicators_of(site: Site, agency: Agency) -> dict[str, Any]:
    """Give an agency a form with a figure that it has handed in, late, and an indicator that is pulled."""
    client, word, root = agency.client, agency.word, "/api/v1/indicators"
    form = {"code": f"bieu-{word}", "vi": f"Biểu {word}", "en": f"Form {word}", "period_kind": "month",
            "due": {"working_days": 60}, "collector_org": agency.org_id}  # fmt: skip
    await site.write(client, "POST", root + "/forms", form)
    new = {"code": f"AA-{word.upper()}", "vi": f"Chỉ tiêu {word}", "en": word, "unit": "%", "direction": "up",
           "level": "unit", "owner_org": agency.org_id, "period_kind": "month", "source_kind": "submitted",
           "form_code": f"bieu-{word}",
           "method": {"vi": "x", "en": "x", "valid_from": "2021-01-01"}}  # fmt: skip
    indicator = await site.write(client, "POST", root, new)
    pulled = new | {"code": f"AB-{word.upper()}", "source_kind": "pulled", "form_code": None}
    await site.write(client, "POST", root, pulled)
    method = {"vi": "x", "en": "x", "valid_from": "2021-01-01", "formula": f"[AA-{word.upper()}] * 2"}
    made = pulled | {"code": f"AC-{word.upper()}", "source_kind": "computed", "method": method}
    computed = await site.write(client, "POST", root, made)
    owed = {"duties": [{"org": agency.org_id, "period": "2021-01"}]}
    await site.write(client, "POST", f"{root}/{indicator['id']}/duties", owed)
    await tick(site.house.db, desk_of(site.house.settings, site.house.clock))
    [row] = (await client.get(f"{root}/submissions?form=bieu-{word}")).json()["items"]
    [line] = (await client.get(f"{root}/submissions/{row['id']}")).json()["lines"]
    place = line["place"]["id"]
    entries = {"entries": [{"indicator": indicator["id"], "place": place, "value": "5"}]}
    at = f"{root}/submissions/{row['id']}"
    headers = {"Idempotency-Key": uuid.uuid4().hex, "If-Match": '"1"'}
    entered = await client.post(at + "/values", json=entries, headers=headers)
    assert entered.status_code == 200, entered.text
    version = (await client.get(at)).json()["version"]
    headers = {"Idempotency-Key": uuid.uuid4().hex, "If-Match": f'"{version}"'}
    submitted = await client.post(at + "/acts", json={"do": {"act": "submit"}}, headers=headers)
    assert submitted.status_code == 200, submitted.text
    goal = {"place": place, "targets": [{"period": row["period"], "value": "9"}]}
    await site.write(client, "POST", f"{root}/{indicator['id']}/targets", goal)
    async with site.house.db.transaction() as connection:
        cursor = await connection.execute(
            "INSERT INTO indicator_late (submission_id, org_id, year, at) "
            "VALUES (%s, %s, 2026, now()) RETURNING id",
            (row["id"], agency.org_id),
        )
        [(late,)] = await cursor.fetchall()

    async def is_computed() -> bool:
        async with site.house.db.transaction() as connection:
            found = await connection.execute(
                "SELECT FROM indicator_value WHERE indicator_id = %s", (computed["id"],)
            )
            return found.rowcount > 0

    await until(is_computed, 30)  # the pipeline follows: what it makes is not to arrive between two looks
    return {
        "indicator": indicator["id"], "indicator_place": place, "indicator_period": row["period"],
        "indicator_form": f"bieu-{word}", "submission": row["id"], "late": late, "pulled": pulled["code"],
        "computed": computed["id"],
    }  # fmt: skip


async def directives_of(site: Site, agency: Agency) -> dict[str, Any]:
    """Give an agency a document of a meeting with a directive issued from it, and one still proposed."""
    client, word = agency.client, agency.word
    meeting = await site.write(client, "POST", "/api/v1/meetings", {"title": f"Họp của {word}"})
    text = f"1. Giao Sở {word} báo cáo tiến độ trước ngày 20/10/2030.\n2. Sở {word} hoan nghênh."
    body = {"text": text, "number": f"5/TB-{word}", "signatory": word, "meeting_id": meeting["id"]}
    made = await site.write(client, "POST", "/api/v1/directive-documents", body)
    at = f"/api/v1/directive-documents/{made['document']['id']}"
    one = await site.write(client, "POST", at + "/candidates", {"start": 8, "end": text.index("\n") - 1})
    do = {"act": "correct", "lead_orgs": [agency.org_id], "product": f"Báo cáo {word}",
          "due": {"precision": "day", "on": "2030-10-20"}}  # fmt: skip
    for act in (do, {"act": "accept"}):
        headers = {"Idempotency-Key": uuid.uuid4().hex, "If-Match": f'"{one["version"]}"'}
        path = f"/api/v1/directive-candidates/{one['id']}/acts"
        acted = await client.post(path, json={"do": act}, headers=headers)
        assert acted.status_code == 200, acted.text
        [one] = acted.json()["candidates"]
    issued = await site.write(client, "POST", at + "/issue", {})
    reminder = await reminded(site, agency, issued["tasks"][0])
    report = await site.write(client, "POST", "/api/v1/directive-reports", {"kind": "weekly"})
    left = await site.write(client, "POST", at + "/candidates", {"start": len(text) - 11, "end": len(text)})
    paper = await client.post(
        "/api/v1/directive-documents?name=thong-bao.txt", content=f"Giao Sở {word} họp.".encode(),
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )  # fmt: skip
    assert paper.status_code == 201, paper.text
    return {
        "paper": paper.json()["document"]["id"],
        "meeting": meeting["id"], "document": made["document"]["id"], "candidate": left["id"],
        "directive": issued["directives"][0]["id"], "report": report["id"], "reminder": reminder,
    }  # fmt: skip


async def reminded(site: Site, agency: Agency, task: int) -> int:
    """Let a task of a directive be overdue, remind its unit by letter; a new due calls for the next one."""
    late = (
        "UPDATE task SET due_end = now() - interval '60 days', next_action_at = NULL, due_version = %s "
        "WHERE id = %s"
    )
    async with site.house.db.transaction() as connection:
        await connection.execute(late, (1, task))
    new = {"org": agency.org_id, "task_ids": [task]}
    letter = await site.write(agency.client, "POST", "/api/v1/directive-letters", new)
    async with site.house.db.transaction() as connection:
        await connection.execute(late, (2, task))
        await connection.execute(
            "INSERT INTO reminder (task_id, version, step, due_at, made_at) "
            "VALUES (%s, 2, 'after-30', now(), now())",
            (task,),
        )
    return int(letter["id"])


async def incidents_of(site: Site, agency: Agency) -> dict[str, Any]:
    """Give an agency an incident with a file, a vehicle, and a shift that was handed over but not signed."""
    client, word = agency.client, agency.word
    body = {"kind": "flood", "title": f"Ngập ở {word}", "text": f"Nhân viên {word} báo"}
    incident = await site.write(client, "POST", "/api/v1/incidents", body)
    procedure = f"/api/v1/incidents/{incident['id']}/procedure"
    run = (await client.get(procedure)).json()["run"]
    if run is None:
        run = (await site.write(client, "POST", procedure, {"procedure": "flood-response"}))["run"]
    attached = await client.post(
        f"/api/v1/incidents/{incident['id']}/files?name=anh.txt",
        content=f"ảnh của {word}".encode(),
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )
    assert attached.status_code == 201, attached.text
    vehicle = {"name": f"Xe {word}", "kind": "truck", "org_id": agency.org_id, "location": [106.1, 20.6]}
    resource = await site.write(client, "POST", "/api/v1/resources", vehicle)
    await site.write(client, "POST", "/api/v1/shifts", {})
    colleague = {"username": f"ca-{word}", "display_name": f"Ca {word}", "org_id": agency.org_id}
    made = await site.write(client, "POST", "/api/v1/accounts", colleague)
    number = made["account"]["id"]
    grant = {"role": "duty_operator", "org_id": agency.org_id}
    await site.write(client, "POST", f"/api/v1/accounts/{number}/grants", grant)
    handover = await site.write(client, "POST", "/api/v1/shifts/handover", {"incoming": number})
    return {
        "incident": incident["id"], "incident_file": attached.json()["id"], "resource": resource["id"],
        "handover": handover["id"], "step": run["steps"][0]["id"],
    }  # fmt: skip


async def alerts_of(site: Site, agency: Agency, entity_id: str) -> dict[str, Any]:
    """Give an agency an alert, and an entity that is worked on."""
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    work = {"entity_id": entity_id, "until": until, "reason": f"Sửa của {agency.word}"}
    planned = await site.write(agency.client, "POST", "/api/v1/alert-maintenance", work)
    body = {"title": f"Báo cháy ở {agency.word}", "priority": 2, "entity_id": entity_id}
    alert = await site.write(agency.client, "POST", "/api/v1/alerts", body)
    word = {"do": {"act": "note", "text": f"Gọi lại cho {agency.word}"}}
    headers = {"Idempotency-Key": uuid.uuid4().hex, "If-Match": '"1"'}
    noted = await agency.client.post(f"/api/v1/alerts/{alert['id']}/acts", json=word, headers=headers)
    assert noted.status_code == 200, noted.text
    # A rule that is another for the agency's own camera.
    change = {"entity": entity_id, "set": {"for": "20 minutes"}, "reason": f"đường truyền của {agency.word}"}
    overridden = await agency.client.put(
        "/api/v1/alert-rules/camera-lost/overrides", json=change,
        headers={"Idempotency-Key": uuid.uuid4().hex, "If-Match": '"0"'},
    )  # fmt: skip
    assert overridden.status_code == 200, overridden.text
    return {"alert": alert["id"], "maintenance": planned["id"]}


async def tasks_of(site: Site, agency: Agency) -> dict[str, Any]:
    """Give an agency a task with a file of evidence, a notice, a wish and a filled role."""
    client = agency.client
    body = {"title": f"Việc của {agency.word}", "owner_org": agency.org_id, "due": {"precision": "none"}}
    task = await site.write(client, "POST", "/api/v1/tasks", body)
    attached = await client.post(
        f"/api/v1/tasks/{task['id']}/evidence?name=bien-ban.txt",
        content=f"biên bản {agency.word}".encode(),
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )
    assert attached.status_code == 201, attached.text
    roles = {"roles": [{"role": "focal", "account_id": agency.account_id}]}
    await site.write(client, "PUT", f"/api/v1/task-roles/{agency.org_id}", roles)
    headers = {"Idempotency-Key": uuid.uuid4().hex, "If-Match": '"0"'}
    wished = await client.put("/api/v1/task-preferences", json={"digest": True}, headers=headers)
    assert wished.status_code == 200, wished.text
    notices = (await client.get("/api/v1/notices")).json()["items"]
    return {"task": task["id"], "evidence": attached.json()["id"], "notice": notices[0]["id"]}


async def warnings_of(site: Site, agency: Agency) -> dict[str, Any]:
    """Give an agency the draft of a warning, and one of a technical test that has left."""
    body = {"texts": [{"event": f"Lũ {agency.word}", "headline": f"Cảnh báo của {agency.word}"}]}
    made = await site.write(agency.client, "POST", "/api/v1/warnings", body)
    async with site.house.db.transaction() as connection:
        cursor = await connection.execute(
            "INSERT INTO warning (identifier, sender, sent, msg_type, status, scope, state, content, "
            "headline, is_exercise, owner_org, authors, approver, approved_at, xml, created_at, changed_at) "
            "VALUES (%s, 'a@b', now(), 'Alert', 'Test', 'Restricted', 'sent', %s, %s, false, %s, '{x}', 'y', "
            "now(), %s, now(), now()) RETURNING id",
            (f"t-{agency.word}", '{"status": "Test", "scope": "Restricted"}', f"Thử của {agency.word}",
             agency.org_id, f"<alert>Nhân viên {agency.word}</alert>"),
        )  # fmt: skip
        [(sent,)] = await cursor.fetchall()
    return {"warning": made["id"], "sent_warning": sent}


def routes(site: Site) -> list[Route]:
    return every_route(make_litestar(site.house))


def filled(value: Any, things: dict[str, Any]) -> Any:
    """Put the things in place of their ``{names}``, numbers as numbers."""
    if isinstance(value, dict):
        return {name: filled(each, things) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, things) for each in value]
    if isinstance(value, str) and value.startswith("{") and value.endswith("}") and value[1:-1] in things:
        return things[value[1:-1]]
    return value.format(**things) if isinstance(value, str) else value


async def ask(asker: Agency, about: dict[str, Any], method: str, route: str) -> httpx.Response:
    asked = ASKED[method, route]
    headers = {"Idempotency-Key": uuid.uuid4().hex, "If-Match": '"1"'} if route.startswith("/api/") else {}
    return await asker.client.request(
        method,
        filled(asked.path or route, about),
        json=filled(asked.body, about) if asked.body is not None else None,
        headers=headers,
    )


async def belongings(site: Site, agency: Agency) -> dict[str, Any]:
    """Return all that belongs to an agency, as the database has it."""
    found: dict[str, Any] = {}
    queries = {
        "entities": "SELECT e.id, e.version, e.doc, s.doc FROM entity e JOIN entity_static s USING (eid) "
        "WHERE owner_org = %s ORDER BY 1",
        "orgs": "SELECT name, version FROM org WHERE %s = ANY (path) ORDER BY 1",
        "accounts": "SELECT username, display_name, active, password_hash, version FROM account "
        "WHERE org_id = %s ORDER BY 1",
        "grants": "SELECT g.* FROM account_grant g JOIN account a ON a.id = g.account_id "
        "WHERE a.org_id = %s ORDER BY g.id",
        "sessions": "SELECT s.token_hash FROM session s JOIN account a ON a.id = s.account_id "
        "WHERE a.org_id = %s ORDER BY 1",
        "keys": "SELECT name, revoked_at FROM api_key WHERE org_id = %s ORDER BY 1",
        "feeds": "SELECT name, paused, withdrawn FROM feed WHERE owner_org = %s",
        "subscriptions": "SELECT id, rev, body FROM subscription WHERE owner_org = %s ORDER BY 1",
        "letters": "SELECT n.id, n.dead_at FROM notification n JOIN subscription s ON s.no = n.subscription "
        "WHERE s.owner_org = %s ORDER BY 1",
        "contexts": "SELECT url, body FROM context WHERE owner_org = %s ORDER BY 1",
        "tasks": "SELECT to_jsonb(t) FROM task t WHERE owner_org = %s ORDER BY id",
        "evidence": "SELECT e.* FROM task_evidence e JOIN task t ON t.id = e.task_id WHERE t.owner_org = %s",
        "warnings": "SELECT to_jsonb(w) FROM warning w WHERE owner_org = %s ORDER BY id",
        "alerts": "SELECT to_jsonb(a) FROM alert a WHERE owner_org = %s ORDER BY id",
        "maintenance": "SELECT to_jsonb(m) FROM alert_maintenance m WHERE owner_org = %s ORDER BY id",
        "overrides": "SELECT to_jsonb(o) FROM rule_override o JOIN entity e ON e.id = o.entity "
        "WHERE e.owner_org = %s ORDER BY o.rule",
        "incidents": "SELECT to_jsonb(i) FROM incident i WHERE owner_org = %s ORDER BY id",
        "procedures": "SELECT r.procedure, r.state, s.* FROM procedure_step s JOIN procedure_run r "
        "ON r.id = s.run_id JOIN incident i ON i.id = r.incident_id WHERE i.owner_org = %s ORDER BY 3, 4",
        "procedure roles": "SELECT role FROM procedure_role WHERE org_id = %s ORDER BY 1",
        "incident logs": "SELECT c.no, c.hash FROM chain c JOIN incident i ON c.log = 'incident:' || i.id "
        "WHERE i.owner_org = %s ORDER BY c.log, c.no",
        "resources": "SELECT to_jsonb(r) FROM resource r WHERE org_id = %s ORDER BY id",
        "documents": "SELECT to_jsonb(d) FROM directive_document d WHERE owner_org = %s ORDER BY id",
        "candidates": "SELECT to_jsonb(c) FROM extraction_candidate c JOIN directive_document d "
        "ON d.id = c.document_id WHERE d.owner_org = %s ORDER BY c.id",
        "directives": "SELECT to_jsonb(v), to_jsonb(l) FROM directive v LEFT JOIN directive_link l "
        "ON l.directive_id = v.id WHERE owner_org = %s ORDER BY v.id",
        "indicators": "SELECT to_jsonb(i) FROM indicator i WHERE owner_org = %s ORDER BY id",
        "figures": "SELECT to_jsonb(v) FROM indicator_value v JOIN indicator_place p ON p.id = v.place_id "
        "WHERE p.org_id = %s ORDER BY v.indicator_id, v.place_id, v.start",
        "duties": "SELECT to_jsonb(d) FROM indicator_duty d WHERE org_id = %s ORDER BY d.indicator_id",
        "submissions": "SELECT to_jsonb(s) FROM indicator_submission s WHERE org_id = %s ORDER BY id",
        "late": "SELECT to_jsonb(l) FROM indicator_late l WHERE org_id = %s ORDER BY id",
        "programmes": "SELECT to_jsonb(g) FROM program g WHERE owner_org = %s ORDER BY id",
        "projects": "SELECT to_jsonb(p) FROM project p WHERE owner_org = %s ORDER BY id",
        "decisions": "SELECT to_jsonb(d) FROM programme_decision d JOIN program g ON g.id = d.program_id "
        "WHERE g.owner_org = %s ORDER BY d.id",
        "capital plans": "SELECT to_jsonb(c) FROM capital_plan c JOIN program g ON g.id = c.program_id "
        "WHERE g.owner_org = %s ORDER BY c.id",
        "lines": "SELECT to_jsonb(n) FROM plan_node n JOIN program g ON g.id = n.program_id "
        "WHERE g.owner_org = %s ORDER BY n.id",
        "contracts": "SELECT to_jsonb(c) FROM contract c JOIN project p ON p.id = c.project_id "
        "WHERE p.owner_org = %s ORDER BY c.id",
        "milestones": "SELECT to_jsonb(m) FROM milestone m JOIN project p ON p.id = m.project_id "
        "WHERE p.owner_org = %s ORDER BY m.id",
        "imports": "SELECT to_jsonb(i) FROM programme_import i JOIN program g ON g.id = i.program_id "
        "WHERE g.owner_org = %s ORDER BY i.id",
        "payments": "SELECT to_jsonb(y) FROM payment y WHERE owner_org = %s ORDER BY id",
        "contractor cases": "SELECT to_jsonb(k) FROM contractor_case k WHERE owner_org = %s ORDER BY id",
        "bottlenecks": "SELECT to_jsonb(b) FROM bottleneck b JOIN project p ON p.id = b.project_id "
        "WHERE p.owner_org = %s ORDER BY b.id",
        "index tables": "SELECT to_jsonb(x) FROM index_table x WHERE owner_org = %s ORDER BY id",
        "meetings": "SELECT to_jsonb(m) FROM meeting m WHERE owner_org = %s ORDER BY id",
        "reports": "SELECT to_jsonb(r) FROM directive_report r WHERE issuer_org = %s ORDER BY id",
        "reminders": "SELECT to_jsonb(l) FROM directive_letter l WHERE issuer_org = %s ORDER BY id",
        "shifts": "SELECT to_jsonb(s) FROM shift s WHERE org_id = %s ORDER BY id",
        "paper numbers": "SELECT to_jsonb(n) FROM paper_number n WHERE org_id = %s ORDER BY id",
        "paper gaps": "SELECT s.type_code, s.last, g.why FROM paper_series s LEFT JOIN paper_gap g "
        "USING (org_id, type_code, year) WHERE s.org_id = %s ORDER BY 1, 2, 3",
        "handovers": "SELECT to_jsonb(h) FROM handover h WHERE org_id = %s ORDER BY id",
        "notices": "SELECT id, read_at FROM notice WHERE org_id = %s ORDER BY id",
        "task roles": "SELECT role, account_id FROM task_role WHERE org_id = %s ORDER BY 1",
        "looked": "SELECT looked_by FROM feed_refused r JOIN feed f ON f.id = r.feed_id "
        "WHERE f.owner_org = %s ORDER BY r.id",
    }
    async with site.house.db.transaction() as connection:
        for name, query in queries.items():
            found[name] = await (await connection.execute(query, (agency.org_id,))).fetchall()
        found["roles"] = await (await connection.execute("SELECT * FROM role ORDER BY name")).fetchall()
    return found


async def test_every_route_is_asked(site: Site) -> None:
    known = {(route.method, route.path) for route in routes(site)}
    assert known - set(ASKED) == set(), "these routes are not tried between two agencies"
    assert set(ASKED) - known == set(), "these routes are no more"


TRIED = sorted(
    (method, route) for (method, route), asked in ASKED.items() if asked.path not in {"stream", "signing out"}
)
"""Those asked one by one; the two others have tests of their own below."""


@pytest.mark.parametrize(("method", "route"), TRIED)
async def test_the_other_agency_stays_out_of_sight_and_reach(world: World, method: str, route: str) -> None:
    asked = ASKED[method, route]
    about = world.theirs.things | {"my_org": world.mine.org_id}
    before = await belongings(world.site, world.theirs)
    answer = await ask(world.mine, about, method, route)
    after = await belongings(world.site, world.theirs)
    assert after == before, "something of theirs has changed"
    if asked.what == LIST:
        assert answer.status_code == 200, answer.text
        assert THEIRS not in answer.text.replace(f"so+{THEIRS}", "")
    elif asked.what == REFUSED:
        assert_refused(answer)
    elif asked.what == NOTHING:
        assert answer.status_code == 204, answer.text
    elif asked.what == NOT_MINE:
        assert answer.status_code == 403, answer.text
    elif asked.what == SHARED:
        assert answer.status_code in {200, 201}, answer.text
        # "Khẩu trang" is a mask.
        assert THEIRS not in answer.text.replace(f"role_{THEIRS}", "").replace("khẩu trang", "")


def assert_refused(answer: httpx.Response) -> None:
    """An error, or a batch in which every item failed; nothing about what is refused stands in it."""
    if answer.status_code == 207:
        assert not answer.json().get("success")
    else:
        assert answer.status_code in {400, 401, 403, 404, 409, 410, 422}, (
            f"{answer.status_code}: {answer.text}"
        )
    for secret in ("online", f"Camera {THEIRS}", f"Nhân viên {THEIRS}", f"khóa {THEIRS}", f"Nguồn {THEIRS}"):
        assert secret not in answer.text


LISTS = sorted(
    (method, route)
    for (method, route), asked in ASKED.items()
    if asked.what == LIST and asked.path != "stream"
)


@pytest.mark.parametrize(("method", "route"), LISTS)
async def test_the_same_question_shows_what_is_ones_own(world: World, method: str, route: str) -> None:
    """Else the test above could not fail: a list that is always empty hides everything from everybody."""

    async def seen() -> bool:
        answer = await ask(world.theirs, world.theirs.things, method, route)
        return answer.status_code == 200 and THEIRS in answer.text

    await until(seen, 10)  # the pipeline's own tables follow a moment later


READS = sorted(
    (method, route) for (method, route), asked in ASKED.items() if asked.what == REFUSED and method == "GET"
)


@pytest.mark.parametrize(("method", "route"), READS)
async def test_what_is_refused_to_one_is_there_for_the_other(world: World, method: str, route: str) -> None:
    answer = await ask(world.theirs, world.theirs.things, method, route)
    assert answer.status_code == 200, answer.text


async def test_the_stream_tells_each_of_its_own(world: World) -> None:
    house = world.site.house
    clients = {}
    for agency in (world.mine, world.theirs):
        cookie = agency.client.cookies["haidang_session"]
        principal = await house.identity.check(Credential("session", cookie))
        clients[agency.word] = Client(Audience(principal))
        await house.hub.join(clients[agency.word], None)
        await clients[agency.word].take(5)
    for agency in (world.mine, world.theirs):
        body = [
            {
                "id": agency.things["entity"],
                "type": "Camera",
                "status": {"type": "Property", "value": agency.word},
            }
        ]
        answer = await agency.client.post("/ngsi-ld/v1/entityOperations/update", json=body)
        assert answer.status_code == 204, answer.text
    for word, client in clients.items():
        told = (await client.take(5)).decode()
        assert f"urn:ngsi-ld:Camera:{word}" in told
        assert ({MINE, THEIRS} - {word}).pop() not in told
        house.hub.leave(client)


async def test_signing_out_ends_only_ones_own_session(world: World) -> None:
    passing_by = world.site.client()
    passing_by.cookies = httpx.Cookies(world.mine.client.cookies)
    again = await world.site.agency("thoang")
    assert (await again.client.delete("/api/v1/session")).status_code == 204
    assert (await again.client.get("/api/v1/session")).status_code == 401
    assert (await passing_by.get("/api/v1/session")).status_code == 200


@pytest.mark.parametrize(("method", "route"), TRIED)
async def test_nobody_in_particular_gets_nothing_of_anybodys(world: World, method: str, route: str) -> None:
    permission = {(each.method, each.path): each.permission for each in routes(world.site)}[method, route]
    nobody = Agency("", 0, 0, world.site.client())
    answer = await ask(nobody, world.theirs.things | {"my_org": 0}, method, route)
    if permission != PUBLIC:
        assert answer.status_code == 401, answer.text
    for secret in ("online", f"Camera {THEIRS}", f"Nhân viên {THEIRS}", f"khóa {THEIRS}", f"Nguồn {THEIRS}"):
        assert secret not in answer.text
