"""The data subject's rights: notice, consent, record of sharing, requests, an end of storage."""
