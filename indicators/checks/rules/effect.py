"""效益, 质量 and 满意度 indicators that measure nothing (R41–R46, R61, R62)."""
