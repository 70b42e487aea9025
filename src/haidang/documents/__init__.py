"""documents: what leaves and comes back as a file that people work in.

* ``workbook`` judges how large an XLSX file becomes before anything spreads it out; everybody who reads one
  asks it first.
* ``sheet`` is the round trip of a list: a sheet goes out with hidden keys and the version of each row, locked
  but for the columns that may be filled, and comes back as rows with their keys, versions and cells, each
  fault named by its address. It decides nothing: the room that owns the rows says what is a change, what is
  a conflict, and writes only what a person has approved.
* ``report`` is what a document says: one structure of headings, paragraphs, facts, tables, a timeline and
  signatures. ``word`` draws it as DOCX, ``pdf`` as PDF/A with the shipped ``font``, both by Decree 30/2020.
* ``press`` is what rooms call: it draws a report in a process (``child``) that is bounded and ended.

No text in a report is ever markup. ``docs/documents.md`` says what a document looks like and what it may
hold.
"""
