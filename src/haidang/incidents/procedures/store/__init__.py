"""All SQL of procedures."""
