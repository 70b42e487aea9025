"""A declaration to start from; tests change what they are about."""

from __future__ import annotations

from typing import Any

import yaml

from haidang.feeds.model.declaration import Declaration
from haidang.feeds.model.reading import read


def base(**changes: Any) -> dict[str, Any]:
    declared: dict[str, Any] = {
        "feed": "tram-thu",
        "title": {"vi": "Trạm thử", "en": "Trial station"},
        "kind": "file",
        "owner": "root",
        "source": {"path": "data.csv"},
        "mapping": {
            "type": "WeatherObserved",
            "id": "{station}",
            "observed_at": {"from": "time"},
            "location": {"lon": "lon", "lat": "lat"},
            "fields": {
                "temperature": {"from": "temp", "type": "number", "unit": "°C", "range": [-10, 55]},
                "windSpeed": {"from": "wind", "type": "number", "unit": "km/h", "to": "m/s"},
                "status": {"from": "status", "values": {"tốt": "ok"}, "others": "refuse"},
                "name": {"from": "name", "required": True, "static": True},
            },
        },
    }
    mapping = changes.pop("mapping", {})
    declared["mapping"] |= mapping
    return declared | changes


def declared(**changes: Any) -> Declaration:
    return read(yaml.safe_dump(base(**changes), allow_unicode=True))
