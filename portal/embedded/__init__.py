"""Private servers and the runner behind `make run`: for trying out and tests, never production."""
