"""FIWARE's agent library against a real ``haidang up``: an API key, a real MQTT broker (city-core 1.6).

``IOTAGENT_HOME`` names a folder with ``node_modules/iotagent-node-lib`` and ``node_modules/mqtt``;
docs/recipes/iot-agent.md says how to make one. What the agent sends, without the agent, is
``tests/integration/city/test_iotagent_requests.py``.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import gmqtt
import httpx
import pytest
import pytest_asyncio
from tests.acceptance.clients.fields import folder, key_of, up
from tests.acceptance.conftest import Centre, free_port

__all__ = ["folder"]
ENTITY = "urn:ngsi-ld:Barrier:gate1"
TENANT = {"NGSILD-Tenant": "gates"}
FIWARE = {"fiware-service": "gates", "fiware-servicepath": "/"}
KEY = "k1"
DEVICE = {
    "device_id": "gate1",
    "entity_name": ENTITY,
    "entity_type": "Barrier",
    "apikey": KEY,
    "transport": "MQTT",
    "commands": [{"name": "open", "type": "command"}],
    "lazy": [{"object_id": "b", "name": "battery", "type": "Number"}],
    "attributes": [{"object_id": "p", "name": "position", "type": "Number"}],
    "static_attributes": [{"name": "name", "type": "Text", "value": "Rào chắn Bãi Cháy"}],
}


class Field(NamedTuple):
    """A centre, an agent and a device."""

    centre: Centre
    http: httpx.AsyncClient
    """With the agent's key."""
    agent: str
    device: gmqtt.Client
    told: asyncio.Queue[dict[str, Any]]


@pytest.fixture(scope="module")
def home() -> Path:
    folder = os.environ.get("IOTAGENT_HOME")
    if not folder or not (Path(folder) / "node_modules" / "iotagent-node-lib").is_dir():
        pytest.skip("IOTAGENT_HOME names no folder with node_modules/iotagent-node-lib")
    for program in ("node", "mosquitto"):
        if shutil.which(program) is None and not Path(f"/usr/sbin/{program}").is_file():
            pytest.skip(f"there is no {program} on this machine")
    return Path(folder)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def field(home: Path, folder: Path) -> AsyncIterator[Field]:
    mqtt, north = free_port(), free_port()
    (folder / "mosquitto.conf").write_text(f"listener {mqtt} 127.0.0.1\nallow_anonymous true\n")
    mosquitto = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    broker = subprocess.Popen([mosquitto, "-c", str(folder / "mosquitto.conf")], stderr=subprocess.DEVNULL)
    centre = Centre(folder / "data", free_port(), demo="false", notification_allow_hosts=f"127.0.0.1:{north}")
    agent: subprocess.Popen[bytes] | None = None
    try:
        centre.start()
        await up(("127.0.0.1", mqtt), broker)
        await make_tenant(centre)
        secret = await key_of(
            centre, "IoT agent", "entity.read", "entity.write", "registration.read", "registration.manage"
        )
        (folder / "agent.json").write_text(json.dumps(config(centre, north, secret)))
        script = Path(__file__).with_name("with_iotagent.js")
        with (folder / "agent.log").open("wb") as log:
            agent = subprocess.Popen(
                ["node", str(script), str(folder / "agent.json"), str(mqtt)],
                env=os.environ | {"IOTAGENT_HOME": str(home)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        await up(("127.0.0.1", north), agent)
        device, told = await gate(mqtt)
        headers = {"Authorization": f"Bearer {secret}"}
        async with httpx.AsyncClient(base_url=f"{centre.url}/ngsi-ld/v1", headers=headers) as http:
            yield Field(centre, http, f"http://127.0.0.1:{north}", device, told)
        await device.disconnect()
    finally:
        if agent is not None:
            agent.terminate()
            agent.wait(30)
            print((folder / "agent.log").read_text(encoding="utf-8", errors="replace")[-4_000:])
        centre.stop()
        broker.terminate()
        broker.wait(30)


async def make_tenant(centre: Centre) -> None:
    """Write the tenant's first entity: a tenant is made by whoever administers the whole site."""
    async with await centre.signed_in() as administrator:
        first = {"id": "urn:ngsi-ld:Service:iot-agent", "type": "Service"}
        made = await administrator.post("/ngsi-ld/v1/entities", json=first, headers=TENANT)
        assert made.status_code == 201, made.text


def config(centre: Centre, north: int, secret: str) -> dict[str, Any]:
    return {
        "logLevel": "ERROR",
        "contextBroker": {
            "url": centre.url,
            "ngsiVersion": "ld",
            "jsonLdContext": "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld",
        },
        "server": {
            "port": north,
            "host": "127.0.0.1",
            "ldSupport": {"null": True, "datasetId": True, "merge": False},
        },
        "authentication": {
            "enabled": True,
            "type": "oauth2",
            "header": "Authorization",
            "permanentToken": True,
            "host": "127.0.0.1",
            "port": "1",
            "url": "http://127.0.0.1:1",
            "tokenPath": "/",
            "clientId": "unused",
            "clientSecret": "unused",
        },
        "deviceRegistry": {"type": "memory"},
        "types": {"Barrier": {"commands": [], "lazy": [], "active": [], "trust": secret}},
        "service": "gates",
        "subservice": "/",
        "providerUrl": f"http://127.0.0.1:{north}",
        "defaultType": "Thing",
        "defaultResource": "/iot/json",
        "deviceRegistrationDuration": "P1Y",
    }


async def gate(mqtt: int) -> tuple[gmqtt.Client, asyncio.Queue[dict[str, Any]]]:
    """Return the device: it hears commands, and says that it has carried them out."""
    device, told = gmqtt.Client("gate1"), asyncio.Queue[dict[str, Any]]()

    def message(client: gmqtt.Client, _topic: str, payload: bytes, _qos: int, _more: Any) -> int:
        command = json.loads(payload)
        told.put_nowait(command)
        done = {name: f"done: {value}" for name, value in command.items()}
        client.publish(f"/json/{KEY}/gate1/cmdexe", json.dumps(done), qos=1)
        return 0

    device.on_message = message
    await device.connect("127.0.0.1", mqtt)
    device.subscribe(f"/{KEY}/gate1/cmd", qos=1)
    return device, told


async def eventually(field: Field, attribute: str, wanted: Any) -> dict[str, Any]:
    """Return the barrier as soon as an attribute has a value."""
    async with asyncio.timeout(30):
        while True:
            answer = await field.http.get(f"/entities/{ENTITY}", headers=TENANT)
            found: dict[str, Any] = answer.json() if answer.status_code == 200 else {}
            if found.get(attribute, {}).get("value") == wanted:
                return found
            await asyncio.sleep(0.1)  # it comes through two other processes


async def test_1_6_the_iot_agent_registers_measures_and_actuates(field: Field) -> None:
    # A device with a command is provisioned: the agent registers what it answers for.
    async with httpx.AsyncClient(base_url=field.agent, headers=FIWARE) as agent:
        made = await agent.post("/iot/devices", json={"devices": [DEVICE]})
        assert made.status_code == 201, made.text
        (registered,) = (await field.http.get("/csourceRegistrations", headers=TENANT)).json()
        assert registered["mode"] == "exclusive"
        assert registered["information"] == [
            {"entities": [{"type": "Barrier", "id": ENTITY}], "propertyNames": ["battery", "open"]}
        ]
        assert registered["operations"] == ["retrieveOps", "updateOps"]

        # In: a measure over MQTT becomes an entity.
        field.device.publish(f"/json/{KEY}/gate1/attrs", json.dumps({"p": 12.5}), qos=1)
        found = await eventually(field, "position", 12.5)
        assert found["type"] == "Barrier"

        # Out: a change of the attribute becomes a command on the device, and its result comes back.
        answer = await field.http.patch(
            f"/entities/{ENTITY}/attrs/open", json={"type": "Property", "value": "90"}, headers=TENANT
        )
        assert (answer.status_code, answer.content) == (204, b""), answer.text
        async with asyncio.timeout(30):
            assert await field.told.get() == {"open": "90"}
        found = await eventually(field, "open_status", "OK")
        assert found["open_info"]["value"] == "done: 90"
        assert "open" not in found
        (after,) = (await field.http.get("/csourceRegistrations", headers=TENANT)).json()
        assert (after["timesSent"], after["timesFailed"], after["status"]) == (1, 0, "ok")
        listed = (await field.http.get(f"{field.centre.url}/api/v1/actuations")).json()["items"]
        assert [(one["entity_id"], one["end"], one["status"]) for one in listed] == [(ENTITY, "done", 204)]

        # The device goes, and its registration with it.
        gone = await agent.delete("/iot/devices/gate1", params={"apikey": KEY})
        assert gone.status_code == 204, gone.text
        assert (await field.http.get("/csourceRegistrations", headers=TENANT)).json() == []
