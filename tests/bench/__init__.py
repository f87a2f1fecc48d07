"""How fast and how small Closeout is. `make bench` prints it; no test asserts it."""
