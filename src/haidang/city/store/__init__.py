"""All SQL of the city: ``names`` (interning, tenants), ``write`` (the writer's statements), ``read``
(questions about what is), ``history`` (about what was), ``log`` (the one ordered log, its moments and
cursors), ``liveness`` (who still speaks, and what has no area yet).
"""
