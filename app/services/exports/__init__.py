"""Lists that leave as files: asked for with a purpose, sealed, counted, handed out once."""
