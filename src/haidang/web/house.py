"""What is open while the server runs; handlers get these parts by name."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.health import Health
from haidang.base.settings import Settings
from haidang.city.service import City
from haidang.feeds import FeedRunner
from haidang.web.hub import Hub
from haidang.web.identity import Identity


@dataclass(frozen=True)
class House:
    """The open parts, from the ground up."""

    settings: Settings
    clock: Clock
    db: Database
    city: City
    feeds: FeedRunner
    hub: Hub
    identity: Identity
    health: Health


Beside = Callable[[House], AbstractAsyncContextManager[None]]
"""Something that lives beside the web server in the same process: the pipeline, the demonstration."""
