"""programme.letters: the letter of each step against a slow contractor, signed off by a person.

* ``service.draft`` takes the evidence from the register (``evidence``) and keeps what the letter says;
  ``sign`` gives it a number of the register of papers and does the step of the case (``service/cases``) in
  the
  same transaction, so that no step stands without its letter and no letter without its step; ``withdraw``.
* ``model`` has what a letter says, ``paper`` draws it: pure.

A draft is nothing yet: no number, no step. What was signed is never changed. Only the project's owner and the
office see letters, as they alone see cases; not even the register of numbers says whom a letter went to.
"""
