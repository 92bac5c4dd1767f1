"""Words of Chinese text for searching the indicator library: jieba, with the library's own terms added.

Used where a library row is written; reading needs no dictionary (indicators/recommendation finds the
stored words in a text). Loading the dictionary takes about a second and 60 MB: it waits for the first word.
"""

import csv
import logging
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

#: The starter set; its keywords are the field's terms (高标准农田, 三公经费), which jieba does not know.
LIBRARY_DATA = Path(__file__).parent / "library_data"
LONGEST_TEXT = 4000
_RUN = re.compile(r"[\u3400-\u9fff]+|[A-Za-z][A-Za-z0-9.+-]*[A-Za-z0-9+]")
_KEYWORD = re.compile(r"[\u3400-\u9fff]{2,}")
_ALPHABET = re.compile("[A-Za-z]")


def words_of(text: str) -> list[str]:
    """Return the words of a text, each once, in order: long words with the shorter ones inside them.

    积极分子 gives 积极分子, 积极 and 分子. Single characters, numbers and marks are left out. Characters that
    make no word come in pairs, so that names nobody knows are found too.
    Of a text longer than 4 000 characters the beginning is read.
    """
    found: dict[str, None] = {}
    for run in _RUN.findall(text[:LONGEST_TEXT]):
        found.update(dict.fromkeys([run.lower()] if _ALPHABET.match(run) else _words_of_run(run)))
    return list(found)


def _words_of_run(run: str) -> Iterator[str]:
    tokenizer = _tokenizer()
    loose = ""
    for word in tokenizer.cut(run, HMM=False):
        if len(word) == 1:
            loose += word
            continue
        yield from _pairs(loose)
        loose = ""
        yield word
        yield from _words_inside(word, tokenizer.FREQ)
    yield from _pairs(loose)


def _pairs(loose: str) -> Iterator[str]:
    return (loose[start : start + 2] for start in range(len(loose) - 1))


def _words_inside(word: str, frequencies: dict[str, int]) -> Iterator[str]:
    for length in range(len(word) - 1, 1, -1):
        for start in range(len(word) - length + 1):
            if frequencies.get(word[start : start + length]):
                yield word[start : start + length]


@cache
def _tokenizer():
    """Return our own tokenizer; its cache lies in VAR, as what it holds is loaded unchecked."""
    import jieba  # not above: a fifth of a second that most processes never need

    jieba.setLogLevel(logging.WARNING)  # it tells the loading of its dictionary to standard error
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(settings.VAR_DIR)
    for term in _field_terms():
        tokenizer.add_word(term)
    return tokenizer


def _field_terms() -> set[str]:
    terms: set[str] = set()
    for path in sorted(LIBRARY_DATA.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                terms.update(_KEYWORD.findall(row.get("关键词") or ""))
    return terms
