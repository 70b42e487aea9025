"""programme.sheets: plan sheets of departments come in, our own monthly forms go out and come back.

* ``cells`` reads the cells of a workbook exactly as they stand; ``values`` says what a text means (numbers,
  money, years, days); ``legacy`` turns TCVN3 and VNI into Unicode.
* ``description`` is what a kind of sheet looks like, as data (``data/*.yaml``); ``headings`` finds which one
  fits, ``lines`` reads the rows, ``tree`` says what stands under what, ``totals`` whether it adds up.
* ``reading.read`` is all of this in one: bytes to projects, groups, plans and findings; ``report`` says it.
  ``open_json`` reads an OC4IDS package into the same.
* ``apart`` has all of it done in a bounded process (``child``), in turns (``turns``).
* ``diff`` holds a reading against the register, ``importing`` keeps it until a person approves, ``writing``
  writes the approved rows through the register's services.
* ``ocds/`` takes packages and contracts from OCDS, in the same way, for their owner.
* ``monthly/`` are our own forms, ``schedules/`` MS Project and Primavera.

Nothing that is read is written anywhere before a person has seen the difference and approved it.
``docs/programme-sheets.md`` says which sheets are taken and what each finding means.
"""
