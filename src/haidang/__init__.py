"""Hải Đăng, the open operations centre for Vietnamese provinces and cities.

The floors of the house, from the doors down, are listed in ``docs/architecture.md``; the way of a change
through it is the one list in :mod:`haidang.pipeline`.
"""

__version__ = "0.1.0"
