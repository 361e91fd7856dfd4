"""People, once each across cases: found, joined to cases, compared, never silently merged."""
