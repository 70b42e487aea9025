"""Incidents on a database."""
