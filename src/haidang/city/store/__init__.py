"""All SQL of the city: ``names`` (interning, tenants), ``write`` (the writer's statements), ``read``
(questions).
"""
