"""tasks: the one engine for work with a deadline: who must do what, by when, and is it done."""
