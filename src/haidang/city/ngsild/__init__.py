"""NGSI-LD v1.8 (ETSI GS CIM 009) at ``/ngsi-ld/v1``: one raw ASGI app with its own route table."""

from haidang.city.ngsild.routes import ROUTES, app

__all__ = ["ROUTES", "app"]
