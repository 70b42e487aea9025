"""Prometheus metrics: one registry, names ``haidang_<room>_<what>_<unit>``, no label of unbounded values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

REGISTRY = CollectorRegistry()
"""The one registry of the process: rooms give it to their counters, gauges and histograms."""

ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

CONTENT_TYPE = CONTENT_TYPE_LATEST


def render() -> bytes:
    """Return all metrics in Prometheus' text format."""
    return generate_latest(REGISTRY)


class Readings(Collector):
    """Gauges that are read when somebody asks, from counters that something keeps anyway."""

    def __init__(self, prefix: str, meaning: str, read: Callable[[], Mapping[str, float]]) -> None:
        self._prefix = prefix
        self._meaning = meaning
        self._read = read

    def collect(self) -> Iterator[Metric]:
        """Yield one gauge for each reading; a reading that fails is missing and not zero."""
        for name, value in self._read().items():
            yield GaugeMetricFamily(f"{self._prefix}_{name}", f"{self._meaning}: {name}", value=value)


def watch(prefix: str, meaning: str, read: Callable[[], Mapping[str, float]]) -> Readings:
    """Register readings and return them, so that their owner can unregister them when it closes."""
    readings = Readings(prefix, meaning, read)
    REGISTRY.register(readings)
    return readings
