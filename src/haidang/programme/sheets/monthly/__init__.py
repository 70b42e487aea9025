"""Our own monthly forms: progress, disbursement, commitments; out with hidden keys, back as a diff.

``forms`` says what they look like and what a filled one says (pure), ``service`` compares and writes through
the register's services, ``store`` has the SQL of what each row shows.
"""
