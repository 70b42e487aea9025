"""indices: PCI, PAPI, PAR Index, DTI and their like, computed again from their published parts.

A method is data: a tree of components with weights, scales and years (``data/*.yaml``; a site's own in
``<data folder>/indices``). The published figure always stands beside the computed one. What was not rated is
not rated: it never becomes a partial sum.

* ``model`` is a method and what may be wrong with one; ``methods`` reads them.
* ``units`` knows what a province was called when: a unit merged in 2025 is another unit, never an average.
* ``tables`` reads a CSV file and names what is wrong by row and column.
* ``computing`` gives each unit its figures; ``ranking`` places, quartiles and what rounding does to them.
* ``analysis`` compares: gaps and what each component adds to them; ``whatif`` asks which improvement moves
  the place most; ``trend`` follows a unit through the years.
* ``report`` is what ``haidang indices compute`` and the routes answer. All of this is pure and exact.
* ``store``, ``service``, ``api`` keep loaded tables (migration 0310).

``docs/indices.md`` has the tables worked by hand that the tests calculate again.
"""
