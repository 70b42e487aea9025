"""Facts and rules of tasks: no I/O, no clock; the time and the calendar come in as arguments."""
