"""How a piece of work reads and writes its rows in few round trips."""
