"""How fast Anlan is, beside what it could be at best and beside a peer; see README.md."""
