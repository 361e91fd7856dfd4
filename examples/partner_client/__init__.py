"""A small complete client for a partner's system, to start from: see README.md here."""
