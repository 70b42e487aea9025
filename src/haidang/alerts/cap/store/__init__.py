"""SQL of warnings: those out, and those of others."""
