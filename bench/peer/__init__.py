"""The peer: the same requests on the same tables by Django REST framework, as one usually writes
it. Runs in a Python environment of its own (requirements/bench.txt)."""
