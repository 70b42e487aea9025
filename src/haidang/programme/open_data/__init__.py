"""open_data: the public part of the register in the words of others: OC4IDS 0.9 and OCDS 1.1.

Pure: ``facts`` is what is known of a project, ``oc4ids`` and ``ocds`` say it in their standard's words, and
``checks`` holds the result against the standard's structure (ids that resolve, dates, codes, amounts) before
it leaves. What the standards have no word for stands under ``x_haidang``, as they allow.
"""
