"""Questions to the city: each language is read by one small module; one module turns them into SQL.

``grammar`` (q), ``selection`` (types), ``geo`` (georel and its shapes), ``temporal`` (timerel) and
``problems`` (the refusals) know nothing of tables. ``sql`` composes the one parametrised statement that the
screens and the NGSI-LD door share.
"""
