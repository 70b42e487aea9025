"""Times as the database itself tells them: EXPLAIN (ANALYZE), without the way there and back."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

Question = tuple[str, dict[str, Any]]
"""A statement and its parameters."""


def medians(connection: psycopg.Connection, questions: Sequence[Question], *, repeats: int) -> list[float]:
    """Return the execution times in ms that EXPLAIN (ANALYZE) says; the questions are asked in turns."""
    found: list[list[float]] = [[] for _ in questions]
    for _ in range(repeats):
        for place, (statement, values) in enumerate(questions):
            explain = sql.SQL("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ") + sql.SQL(statement)
            row: Any = connection.execute(explain, values).fetchone()
            found[place].append(float(row[0][0]["Execution Time"]))
    return [statistics.median(times) for times in found]
