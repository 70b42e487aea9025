"""base: what every room stands on, and nothing of any business.

* **The site**: ``settings`` (one typed place), ``clock``, ``log``, ``metrics``, ``health``.
* **The database**: ``postgres`` (the embedded server's life), ``processes`` (children that end with their
  parent), ``probe`` (what a server can be relied on for), ``database`` (pool and transactions),
  ``migrations`` (numbered SQL under a lock), ``opening`` (all of these, for a command).
* **What lasts**: ``jobs`` (procrastinate), ``eventlog`` (the rooms' way into the one ordered log),
  ``idempotency`` (writes that are safe to repeat).
* **Refusing**: ``problems`` answer a request (RFC 9457, in two languages), ``errors`` end a command;
  ``requests`` is what all rooms' routes ask for alike: key, version, page.
* **Vietnam**: ``text`` (fold and sort), ``geometry`` (WGS84, VN-2000).
"""
