"""完整性和规范性: what a form must hold and how it must look (R01–R10)."""
