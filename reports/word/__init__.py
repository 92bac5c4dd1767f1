"""write_word() makes a DOCX file of a publication: real tables, styles and fields, to print and to edit."""

from reports.word.writer import write_word

__all__ = ["write_word"]
