"""Who the tests act as: one fixture per persona."""
