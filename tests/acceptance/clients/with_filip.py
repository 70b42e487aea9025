"""What filip 0.8.1 does with a broker, unmodified. Run by its own Python: ``with_filip.py PORT``."""

import sys

import requests
from filip.clients.ngsi_ld.cb import ContextBrokerLDClient
from filip.models.base import FiwareLDHeader
from filip.models.ngsi_ld.context import (
    ActionTypeLD,
    ContextGeoProperty,
    ContextLDEntity,
    ContextProperty,
    ContextRelationship,
    NamedContextProperty,
)


def room(number: int) -> ContextLDEntity:
    """Return a room with an attribute of each kind."""
    entity = ContextLDEntity(id=f"urn:ngsi-ld:Room:{number:04}", type="Room")
    heat = ContextProperty(value=20 + number, unitCode="CEL", observedAt="2026-01-01T00:00:00Z")
    entity.add_properties({"temperature": heat, "name": ContextProperty(value=f"Phòng {number}")})
    place = ContextGeoProperty(value={"type": "Point", "coordinates": [107.0, 20.9]})
    entity.add_geo_properties({"location": place})
    entity.add_relationships({"isIn": ContextRelationship(object="urn:ngsi-ld:Building:1")})
    return entity


def main(port: int) -> None:
    """Go through entities, representations, batches, paging, queries and attributes."""
    header = FiwareLDHeader(ngsild_tenant="filip")
    client = ContextBrokerLDClient(url=f"http://127.0.0.1:{port}", fiware_header=header)
    one = room(1)
    client.post_entity(one)
    client.post_entity(one, append=True)
    read = client.get_entity(one.id)
    assert read.model_dump(exclude={"context"}, exclude_none=True) == one.model_dump(
        exclude={"context"}, exclude_none=True
    )
    assert client.get_entity(one.id, options="keyValues").model_dump()["temperature"] == 21
    assert client.get_entity(one.id, options="sysAttrs").createdAt is not None
    client.entity_batch_operation(
        entities=[room(number) for number in range(1500)], action_type=ActionTypeLD.UPSERT, options="update"
    )
    client.entity_batch_operation(entities=[room(3)], action_type=ActionTypeLD.UPDATE)

    assert (
        len(client.get_entity_list(entity_type="Room")) == 1500
    )  # two pages, until the exact count is there
    assert len(client.get_entity_list(entity_type="Room", options="keyValues", limit=5)) == 5
    assert len(client.get_entity_list(entity_type="Room", q="temperature>1000")) == 519
    assert len(client.get_entity_list(id_pattern=".*Room:00.*")) == 100
    near = {"georel": "near;maxDistance==1000", "geometry": "Point", "coordinates": "[107.0,20.9]"}
    assert len(client.get_entity_list(entity_type="Room", **near)) == 1500

    two = room(2)
    two.add_properties({"area": ContextProperty(value=12)})
    client.replace_existing_attributes_of_entity(two)  # 207, then it appends
    client.append_entity_attributes(two, options="noOverwrite")
    client.update_entity_attribute(two.id, NamedContextProperty(name="temperature", value=3), "temperature")
    assert client.get_entity(two.id).model_dump()["temperature"]["value"] == 3
    client.delete_attribute(two.id, "area")
    client.delete_entity_by_id(two.id, entity_type="Room")
    try:
        client.get_entity(two.id)
    except requests.HTTPError as gone:
        assert gone.response.status_code == 404
    else:
        raise AssertionError("it should be gone")
    client.entity_batch_operation(
        entities=client.get_entity_list(entity_type="Room"), action_type=ActionTypeLD.DELETE
    )
    assert client.get_entity_list(entity_type="Room") == []
    print("filip: all of it works")


main(int(sys.argv[1]))
