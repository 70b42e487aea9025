"""CAP as XML: written as 1.2, read as 1.0, 1.1 and 1.2, held against a schema of ours."""
