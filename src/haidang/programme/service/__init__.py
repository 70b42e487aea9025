"""Use cases of programmes: one function, one transaction of the caller's."""
