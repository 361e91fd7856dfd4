"""The ledgers of women left behind in the villages: who stands in them, when each was visited,
which villages were surveyed, and how the town's ledger and the district's compare."""
