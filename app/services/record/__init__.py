"""The record of what was done and looked at: chained, sealed, signed, verifiable outside."""
