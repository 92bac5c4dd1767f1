"""Cost indicators against the budget (R36–R40)."""
