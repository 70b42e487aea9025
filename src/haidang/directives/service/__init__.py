"""Use cases of directives: one function, one transaction."""
