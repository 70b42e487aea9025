"""Use cases of warnings: one function, one transaction."""
