"""Tables that repeat each other or last year's (R55, R56)."""
