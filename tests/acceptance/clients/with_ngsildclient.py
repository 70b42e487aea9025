"""What ngsildclient 0.5.2 does with a broker; its own Python runs it: ``with_ngsildclient.py PORT``."""

import sys
from datetime import UTC, datetime, timedelta

from ngsildclient import Client, Entity
from ngsildclient.api.constants import AggrMethod
from ngsildclient.api.helper.temporal import TemporalQuery

START = datetime(2026, 1, 1, tzinfo=UTC)


def station(number: int) -> Entity:
    """Return a station with an observation an hour after the one before it."""
    entity = Entity("AirQualityObserved", f"Tram{number}")
    entity.prop("NO2", 22 + number, unitcode="GP", observedat=START + timedelta(hours=number % 24))
    entity.gprop("location", (20.9, 107.0))
    entity.rel("refPointOfInterest", "PointOfInterest:1")
    return entity


def main(port: int) -> None:
    """Go through entities, batches, paging, types, contexts and time."""
    client = Client(port=port, tenant="ngsildclient")
    one = station(1)
    assert client.create(one)
    assert client.exists(one)
    assert not client.exists("urn:ngsi-ld:AirQualityObserved:none")
    assert client.get(one)["NO2.value"] == 23
    assert client.upsert(one)

    assert client.upsert([station(number) for number in range(250)]).n_err == 0
    assert client.update([station(number) for number in range(20)]).n_ok == 20
    again = client.batch.create([station(number) for number in range(245, 255)])
    assert (again.n_ok, again.n_err) == (5, 5)

    assert client.count("AirQualityObserved") == 255
    assert len(client.query("AirQualityObserved")) == 255
    assert len(client.query("AirQualityObserved", q="NO2>=272")) == 5
    assert len(client.alt.query({"type": "Query", "entities": [{"type": "AirQualityObserved"}]})) == 255
    assert "AirQualityObserved" in client.types.list()

    client.contexts.add({"@context": {"heat": "https://example.org/heat"}})
    (hosted,) = client.contexts.list()
    assert client.contexts.exists(hosted)
    assert client.contexts.get(hosted)["@context"] == {"heat": "https://example.org/heat"}
    assert client.contexts.delete(hosted)

    assert client.temporal.get(station(5))["NO2"]["values"] == [[27, "2026-01-01T05:00:00Z"]]
    since = TemporalQuery().after(START - timedelta(days=1))
    assert len(client.temporal.query(type="AirQualityObserved", tq=since)) >= 20
    summed = client.temporal.aggregate(
        type="AirQualityObserved", tq=since, methods=[AggrMethod.AVERAGE], period=timedelta(days=1)
    )
    assert summed

    client.delete_where("AirQualityObserved", q="NO2<100")
    assert client.delete(station(250))
    print("ngsildclient: all of it works")


main(int(sys.argv[1]))
