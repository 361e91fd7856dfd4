"""Opening a case and acting on it: one command, its events, clocks, effects, one transaction."""
