"""What the front door counts; the names begin with ``haidang_`` and stand in ``docs/operating.md``."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from haidang.base.metrics import REGISTRY

REQUESTS = Counter(
    "haidang_http_requests", "Requests answered.", ["part", "method", "status"], registry=REGISTRY
)
SECONDS = Histogram(
    "haidang_http_seconds",
    "Time from the first byte of a request to the last of its answer (streams left out).",
    ["part"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
STREAM_CLIENTS = Gauge("haidang_stream_clients", "Open live streams.", registry=REGISTRY)
STREAM_TICKS = Counter(
    "haidang_stream_ticks", "Ticks in which the live stream had something to tell.", registry=REGISTRY
)
STREAM_OVERFLOWS = Counter(
    "haidang_stream_overflows", "Buffers of slow live screens that were dropped.", registry=REGISTRY
)

_PARTS = ("/ngsi-ld/", "/api/v1/stream", "/api/", "/health/", "/metrics", "/internal/")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


_counters: dict[tuple[str, str, int], Counter] = {}
_histograms: dict[str, Histogram] = {}


def request_done(method: str, path: str, status: int, seconds: float) -> None:
    """Count one answered request under the part of the house that answered, never under its full path."""
    part = next((prefix for prefix in _PARTS if path.startswith(prefix)), "/")
    key = (part, method if method in _METHODS else "other", status // 100)
    counter = _counters.get(key)
    if counter is None:  # the library's own look-up by labels costs as much as a whole route
        counter = _counters[key] = REQUESTS.labels(part, key[1], f"{key[2]}xx")
    counter.inc()
    if part != "/api/v1/stream":
        histogram = _histograms.get(part)
        if histogram is None:
            histogram = _histograms[part] = SECONDS.labels(part)
        histogram.observe(seconds)
