"""The one error of the embedded server."""

from __future__ import annotations

from haidang.base.errors import OperatorError


class PostgresError(OperatorError):
    """The embedded database cannot run here."""
