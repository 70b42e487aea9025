"""The one writer: ``loop`` takes all that waits and commits it as a group, ``fold`` decides what each order
changes, ``forms`` are the stored shapes of attributes, ``groups`` and ``pack`` make columns of the outcome.
"""
