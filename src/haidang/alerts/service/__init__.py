"""Use cases of alerts: one function, one transaction."""
