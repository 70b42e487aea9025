"""SQL of directives."""
