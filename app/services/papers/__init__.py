"""Papers filled from a case: by the district's own templates, hashed, and never with a secret."""
