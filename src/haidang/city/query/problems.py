"""The ways in which a question to the city can be refused; the NGSI-LD door maps each to the standard's."""

from __future__ import annotations

from haidang.base.problems import Problem, kind

BAD_QUERY = kind("bad-query", 400, "Câu truy vấn không hợp lệ", "The query is not valid")
TOO_COMPLEX = kind("query-too-complex", 403, "Câu truy vấn quá phức tạp", "The query is too complex")
TOO_MANY_RESULTS = kind("too-many-results", 403, "Yêu cầu quá nhiều kết quả", "Too many results asked for")
QUERY_TIMEOUT = kind(
    "query-timeout", 503, "Truy vấn chạy quá lâu nên đã dừng", "The query ran too long and was stopped"
)


def bad(vi: str, en: str) -> Problem:
    """Return a refusal of a meaningless query, in both languages."""
    return Problem(BAD_QUERY, vi, en)


def complex_(vi: str, en: str) -> Problem:
    """Return a refusal of a query that passes one of our limits."""
    return Problem(TOO_COMPLEX, vi, en)
