"""What a reader gets to see: lists, worklist, a case's page, notices, always through her reach."""
