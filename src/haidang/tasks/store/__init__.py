"""All SQL of the room: ``tasks`` (the row), ``inbox`` (lists), ``records`` (what stands beside a task),
``notices`` (reminders, notices, deliveries), ``people`` (roles, preferences)."""
