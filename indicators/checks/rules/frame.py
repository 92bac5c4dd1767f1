"""The frame of tiers, their number and their weights (R16–R23)."""
