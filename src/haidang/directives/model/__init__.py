"""The rules of directives, pure: names, five clears, acts, and the structs of all rows."""
