"""Data models: which attributes a type has, of what kind, in which unit, and what does not fit.

* ``model`` is what a pack's file says; ``catalogue`` reads the product's (``sectors/*/models``) and the
  province's own over them, by type, with what a type inherits.
* ``rules`` holds an entity against its model and says in both languages what does not fit; ``schema`` says
  the same as JSON Schema. ``units`` knows the common codes of UN/CEFACT.
* ``watch`` stands beside the intake (``City.order``): accept, warn or reject by type, within a budget.
* ``service`` and ``api`` show the catalogue with what this site really carries and what did not fit, and
  change how strict a type is.

The files of public models are written by ``scripts/models.py``; see decision 0066.
"""
