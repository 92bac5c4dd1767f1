"""The department's own text against its tables (R52–R54)."""
