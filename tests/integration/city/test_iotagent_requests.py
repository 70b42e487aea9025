"""The exchange of FIWARE's IoT Agent (node-lib 4.14), request by request as recorded (city-core 1.6).

``docs/recipes/iot-agent.md`` has the recorded run; ``tests/acceptance/clients/test_iotagent.py`` runs the
library itself where it is installed. Here stands what it sends and what it needs of the answers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from tests.integration.city.broker import client
from tests.integration.city.device import Device

from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.service import City
from haidang.organisation.permissions import Principal, Scope, system

CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
ENTITY = "urn:ngsi-ld:Barrier:gate1"
HEADERS = {
    "user-agent": "got (https://github.com/sindresorhus/got)",
    "fiware-service": "gates",
    "fiware-servicepath": "/",
    "ngsild-tenant": "gates",
    "ngsild-path": "/",
    "content-type": "application/ld+json",
    "accept": "application/json",
    "accept-encoding": "gzip, deflate, br",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def agent() -> AsyncIterator[Device]:
    device = await Device().start()
    yield device
    await device.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, agent: Device, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("city"), notification_allow_hosts=(agent.host,))
    city = await City.open(db, settings, SystemClock())
    yield city
    await city.close()


def registration(endpoint: str) -> bytes:
    return msgspec.json.encode(
        {
            "type": "ContextSourceRegistration",
            "information": [
                {
                    "entities": [{"type": "Barrier", "id": ENTITY}],
                    "propertyNames": ["battery", "open"],
                }
            ],
            "mode": "exclusive",
            "operations": ["retrieveOps", "updateOps"],
            "endpoint": endpoint,
            "contextSourceInfo": [{"key": "jsonldContext", "value": CORE}],
            "@context": CORE,
        }
    )


def measure(**attributes: Any) -> bytes:
    name = {"type": "Property", "value": "Rào chắn Bãi Cháy"}
    values = {key: {"type": "Property", "value": value} for key, value in attributes.items()}
    return msgspec.json.encode([{"@context": CORE, "id": ENTITY, "type": "Barrier", "name": name, **values}])


async def test_1_6_the_exchange_of_the_iot_agent(city: City, agent: Device) -> None:
    async with client(city, system("agent")) as http:
        http.headers.clear()
        http.headers.update(HEADERS)
        # A device is provisioned: 201, and the agent takes the id from the last segment of Location.
        made = await http.post("/csourceRegistrations/", content=registration(agent.uri))
        assert (made.status_code, made.content) == (201, b"")
        id_ = made.headers["location"].rpartition("/")[2]
        # The first measure makes the entity (the agent accepts 200, 201 and 204), the next one changes it.
        upsert = "/entityOperations/upsert/?options=update"
        assert (await http.post(upsert, content=measure(position=12.5))).status_code == 201
        assert (await http.post(upsert, content=measure(position=13))).status_code == 204
        # A command goes out as a change of one attribute, in the tenant and the context of the agent.
        told = await http.patch(
            f"/entities/{ENTITY}/attrs/open",
            json={"type": "Property", "value": "90"},
            headers={"content-type": "application/json"},
        )
        assert (told.status_code, told.content) == (204, b""), told.text
        (command,) = agent.told
        assert command.method == "PATCH"
        assert command.path == "/ngsi-ld/v1/entities/urn%3Angsi-ld%3ABarrier%3Agate1/attrs/open"
        assert command.body == {"type": "Property", "value": "90"}
        assert command.headers["content-type"] == "application/json"
        assert command.headers["ngsild-tenant"] == "gates"
        assert command.headers["link"].startswith(f"<{CORE}>")
        # Its state and result come back as measures; the command itself is kept nowhere here.
        assert (
            await http.post(upsert, content=measure(open_status="OK", open_info="done: 90"))
        ).status_code == 204
        found = (await http.get(f"/entities/{ENTITY}", headers={"accept": "application/json"})).json()
        assert found["open_status"]["value"] == "OK"
        assert found["position"]["value"] == 13
        assert "open" not in found
        # The device is deleted.
        gone = await http.delete(f"/csourceRegistrations/{id_}")
        assert (gone.status_code, gone.content) == (204, b"")


async def test_1_6_the_agent_restarted_with_an_empty_registry_is_told_409(city: City, agent: Device) -> None:
    """Its memory forgot the registration; the answer names it, so that an operator can delete it."""
    async with client(city, system("agent")) as http:
        http.headers.update(HEADERS)
        first = await http.post("/csourceRegistrations/", content=registration(agent.uri))
        assert first.status_code == 201
        again = await http.post("/csourceRegistrations/", content=registration(agent.uri))
        assert again.status_code == 409
        assert (await http.delete(f"/csourceRegistrations/{again.json()['registration']}")).status_code == 204
        assert (await http.post("/csourceRegistrations/", content=registration(agent.uri))).status_code == 201


async def test_a_registration_makes_its_tenant_only_for_whoever_administers_tenants(
    city: City, agent: Device
) -> None:
    held = frozenset({"entity.write", "registration.manage", "registration.read"})
    keeper = Principal("system:agent", "agent", None, (Scope(held),))
    administrator = Principal("system:agent", "agent", None, (Scope(held | {"tenant.administer"}),))
    headers = HEADERS | {"ngsild-tenant": "new"}
    for principal, status in ((keeper, 403), (administrator, 201)):
        async with client(city, principal) as http:
            answer = await http.post(
                "/csourceRegistrations/", content=registration(agent.uri), headers=headers
            )
            assert answer.status_code == status, answer.text
