"""Facts and rules of procedures, pure: what a procedure is, and how its steps stand."""
