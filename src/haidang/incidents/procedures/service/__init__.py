"""Use cases of procedures: one function, one transaction."""
