"""base: what every room stands on, and nothing of any business.

``settings`` (one typed place), ``postgres`` (the embedded server's life), ``database`` (pool and
transactions), ``migrations`` (numbered SQL under a lock), ``jobs`` (procrastinate), ``clock``, ``problems``
(RFC 9457 in two languages), ``idempotency`` (writes that are safe to repeat), ``log``, ``metrics``,
``text`` (Vietnamese fold and sort) and ``geometry`` (WGS84, VN-2000).
"""
