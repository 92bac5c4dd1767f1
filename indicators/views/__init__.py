"""The pages of a department's year and of its tables, and the forms that fill them in."""
