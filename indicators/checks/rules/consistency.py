"""Goal, money and indicators of one table against each other (R47–R51)."""
