"""The alert, its states, acts and signals: rules without a clock, a database or a network."""
