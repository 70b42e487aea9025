"""Facts and rules of CAP messages: no I/O, no clock."""
