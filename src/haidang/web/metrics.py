"""What the front door counts; the names begin with ``haidang_`` and stand in ``docs/operating.md``."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Iterator

from prometheus_client import Counter, Gauge
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from haidang.base.metrics import REGISTRY

BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
STREAM_CLIENTS = Gauge("haidang_stream_clients", "Open live streams.", registry=REGISTRY)
STREAM_TICKS = Counter(
    "haidang_stream_ticks", "Ticks in which the live stream had something to tell.", registry=REGISTRY
)
STREAM_OVERFLOWS = Counter(
    "haidang_stream_overflows", "Buffers of slow live screens that were dropped.", registry=REGISTRY
)

_PARTS = ("/ngsi-ld/", "/api/v1/stream", "/api/", "/health/", "/metrics", "/internal/")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Requests(Collector):
    """Counts in plain numbers, made into metrics when somebody asks: each request passes here.

    The library's own counters cost a request as much as finding its route.
    """

    def __init__(self) -> None:
        self.done: Tally[tuple[str, str, int]] = Tally()
        """(part, method, status class) to requests."""
        self.times: dict[str, list[int]] = {}
        """Part to requests by bucket, the last one beyond all."""
        self.seconds: Tally[str] = Tally()

    def collect(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "haidang_http_requests", "Requests answered.", labels=["part", "method", "status"]
        )
        for (part, method, status), count in self.done.items():
            requests.add_metric([part, method, f"{status}xx"], count)
        yield requests
        times = HistogramMetricFamily(
            "haidang_http_seconds",
            "Time from the first byte of a request to the last of its answer (streams left out).",
            labels=["part"],
        )
        for part, counts in self.times.items():
            ends = [*map(str, map(float, BUCKETS_S)), "+Inf"]
            below = [sum(counts[: place + 1]) for place in range(len(ends))]
            times.add_metric([part], list(zip(ends, below, strict=True)), self.seconds[part])
        yield times


_requests = _Requests()
REGISTRY.register(_requests)


def request_done(method: str, path: str, status: int, seconds: float) -> None:
    """Count one answered request under the part of the house that answered, never under its full path."""
    part = "/"
    for prefix in _PARTS:
        if path.startswith(prefix):
            part = prefix
            break
    _requests.done[part, method if method in _METHODS else "other", status // 100] += 1
    if part != "/api/v1/stream":
        counts = _requests.times.get(part)
        if counts is None:
            counts = _requests.times[part] = [0] * (len(BUCKETS_S) + 1)
        counts[bisect_left(BUCKETS_S, seconds)] += 1
        _requests.seconds[part] += seconds  # type: ignore[assignment]
