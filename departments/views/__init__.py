"""Pages: signing in, departments, people."""
