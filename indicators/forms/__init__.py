"""Forms: reading and refusing what people type, never deciding what may be done with it."""
