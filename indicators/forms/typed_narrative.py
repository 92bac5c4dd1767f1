"""The narrative as a plain form sends it: every text by its path, links by their codes, a revision."""

from django.http import QueryDict

from indicators.document import Booklet
from indicators.document.fields import FieldError
from indicators.document.narrative_parts import link_projects
from indicators.forms.problems import Problem
from indicators.layout.narrative_form import Field, Links, narrative_pieces
from indicators.services.narrative import is_field, read_narrative
from perfbudget.lib.text import clean_text

_INCOMPLETE = "浏览器发来的内容不完整，刷新页面后重新填写。"


class TypedNarrative:
    """What was typed: ``booklet`` is the stored narrative with it, ``problems`` what cannot be stored.

    ``lost`` are the texts of parts that somebody else removed meanwhile, for the person to keep.
    """

    def __init__(self, stored: Booklet, data: QueryDict):
        self.booklet = stored
        self.problems: list[Problem] = []
        self.revision = self._revision(data.get("revision", ""))
        fields = {piece.path: piece for piece in narrative_pieces(stored, ()) if isinstance(piece, Field)}
        for path, field in fields.items():
            if path in data:
                self._take(field, data[path])
        self._link(data)
        gone = (data[path] for path in data if is_field(path) and path not in fields)
        self.lost = [text for text in map(clean_text, gone) if text]

    def _revision(self, text: str) -> int:
        if text.isascii() and text.isdecimal() and len(text) < 10:
            return int(text)
        self.problems.append(Problem("table-form", "页面", _INCOMPLETE))
        return 0

    def _take(self, field: Field, text: str) -> None:
        try:
            self.booklet = read_narrative(self.booklet, field.path, text)
        except FieldError as error:
            self.problems.append(Problem("table-form", field.label, str(error)))

    def _link(self, data: QueryDict) -> None:
        for piece in narrative_pieces(self.booklet, ()):
            if isinstance(piece, Links) and piece.path in data:
                codes = [code for code in data.getlist(piece.path) if code]
                self.booklet = link_projects(self.booklet, piece.path.split("/")[1], codes)
