"""programme.sheets.ocds: contracting processes of others (OCDS 1.1) come in as packages and contracts.

* ``reading`` says what a package of releases or records holds; what it cannot take it names by its JSON
  pointer, what it does not read it says too. Pure.
* ``diff`` holds it against the register: added, changed, unchanged, in conflict, refused. Pure.
* ``service`` keeps the file as evidence until the projects' owner approves the diff that was seen, by the
  decision on the result of contractor selection; then all approved rows are written, or none.
"""
