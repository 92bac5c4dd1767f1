"""指标值: unit, direction, threshold (R24–R32, R34, R35)."""
