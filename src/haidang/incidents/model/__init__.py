"""What an incident is and what may become of it; no I/O, no clock."""
