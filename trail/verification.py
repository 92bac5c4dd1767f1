"""Is the trail what ``record()`` wrote? Each problem is one Chinese sentence that names the entries."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Max, Model, QuerySet, Subquery

from trail.anchors import Anchor, read_anchors
from trail.chain import GENESIS, seal
from trail.models import Entry, Head
from trail.triggers import missing_triggers

Span = tuple[int, int]

_ANCHORS_AT_ONCE = _ROWS_AT_ONCE = 500
# SQLite stores anything in any column: a date that is none or broken UTF-8 fails while the row is read.
_UNREADABLE = (ValueError, TypeError, AttributeError, DatabaseError)

Verifier = Callable[[], Iterable[str]]
_verifiers: list[Verifier] = []


def add_verifier(verifier: Verifier) -> None:
    """Have ``verify()`` ask a higher app too, for what the trail cannot know of (AppConfig.ready)."""
    if verifier not in _verifiers:
        _verifiers.append(verifier)


def verify() -> list[str]:
    """Return what is wrong with the trail and the versions, in Chinese sentences; an empty list if nothing.

    Reads every entry once, in the order of the chain. It needs no lock and reports no writer at work: what is
    checked is what was there when it began.
    """
    found = [*verify_chain(), *(problem for verifier in _verifiers for problem in verifier())]
    unguarded = missing_triggers(connection)
    return [*found, *(f"数据表{table}缺少防篡改触发器：被人为去掉过。" for table in unguarded)]


def verify_chain() -> list[str]:
    """Return what is wrong with the entries, their head and the anchor file."""
    anchors = list(_anchor_problems())
    head = Head.objects.first()
    if head is None:
        newest = Entry.objects.aggregate(newest=Max("sequence"))["newest"] or 0
        return ["末条登记缺失，已被删除。", *_chain_problems(newest), *anchors]
    return [*_chain_problems(head.sequence, head.hash), *_problems_beyond_head(), *anchors]


def verify_recent(number: int) -> list[str]:
    """Return what is wrong with the last entries of the chain, as far as they tell; for a look in between."""
    head = Head.objects.first()
    if head is None:
        return verify_chain()
    before = max(0, head.sequence - number)
    return [*_chain_problems(head.sequence, head.hash, before), *_problems_beyond_head()]


def _chain_problems(newest: int, head_hash: str | None = None, before: int = 0) -> Iterator[str]:
    """Walk the chain from behind entry ``before`` to entry ``newest``.

    The link to a missing or altered entry proves nothing.
    """
    missing, altered, detached = [], [], []
    # no hash where the entry is not to be trusted
    last, last_hash = before, _hash_of(before) if before else GENESIS
    for sequence, entry in _entries(before, newest):
        if sequence > last + 1:
            missing.append((last + 1, sequence - 1))
            last_hash = None
        sealed = _is_sealed(entry)
        if not sealed:
            altered.append(sequence)
        elif last_hash and last_hash != entry.previous_hash:
            detached.append(sequence)
        last, last_hash = sequence, entry.hash if sealed else None
    if last < newest:
        missing.append((last + 1, newest))
    elif last_hash and head_hash not in (None, last_hash):
        yield f"末条登记的校验值与第{last}条不符：末条登记被改动，或者第{last}条被换成了另一条记录。"
    yield from _sentences(missing, altered, detached)
    if altered and len(altered) == last - before:
        yield "全部条目均与校验值不符，请先核对密钥（PERFBUDGET_TRAIL_KEY）是否为写入日志时的密钥。"


def _sentences(missing: list[Span], altered: list[int], detached: list[int]) -> Iterator[str]:
    yield from (f"{_named(span)}缺失，已被删除。" for span in missing)
    yield from (f"{_named(span)}内容与校验值不符：被改动过，或者是插入的。" for span in _spans(altered))
    yield from (f"{_named(span)}与前一条不衔接：前一条被换成了另一条记录。" for span in _spans(detached))


def _problems_beyond_head() -> Iterator[str]:
    """Name the entries after the head; one statement reads both, so that no writer can come between."""
    beyond = Entry.objects.filter(sequence__gt=Subquery(Head.objects.values("sequence")[:1]))
    for span in _spans(beyond.order_by("sequence").values_list("sequence", flat=True)):
        yield f"{_named(span)}排在末条登记之后：是插入的，或者末条登记被改回。"


def _anchor_problems() -> Iterator[str]:
    """Compare the anchor file with the entries: every line was the head of this trail once."""
    missing, replaced = set(), set()
    anchors = read_anchors()
    while some := list(islice(anchors, _ANCHORS_AT_ONCE)):
        yield from (
            f"锚文件第{anchor.line}行无法识别：“{anchor.text[:100]}”。" for anchor in some if not anchor.hash
        )
        readable = [anchor for anchor in some if anchor.hash]
        hashes = _hashes(readable)
        missing.update(anchor.sequence for anchor in readable if anchor.sequence not in hashes)
        replaced.update(
            anchor.sequence for anchor in readable if hashes.get(anchor.sequence, anchor.hash) != anchor.hash
        )
    for span in _spans(sorted(missing)):
        yield f"锚文件登记过{_named(span)}，日志中没有：日志被截断，或者换成了旧的备份。"
    for span in _spans(sorted(replaced)):
        yield f"{_named(span)}的校验值与锚文件登记的不符：日志曾被截断后重写，或者校验值被改动。"


def _hashes(anchors: list[Anchor]) -> dict[int, str]:
    entries = Entry.objects.filter(sequence__in=[anchor.sequence for anchor in anchors])
    return dict(entries.values_list("sequence", "hash"))


def _hash_of(sequence: int) -> str | None:
    return Entry.objects.filter(sequence=sequence).values_list("hash", flat=True).first()


def _entries(before: int, newest: int) -> Iterator[tuple[int, Entry | None]]:
    """Yield (sequence, entry) in the order of the chain, None for an entry that can no longer be read."""
    # A sequence below 1 is no entry of ours, and is to be found too.
    chain = Entry.objects.filter(sequence__lte=newest)
    return readable_rows(chain.filter(sequence__gt=before) if before else chain)


def readable_rows(rows: QuerySet) -> Iterator[tuple[int | str, Model | None]]:
    """Yield (primary key, row) in the order of the keys, None for a row that can no longer be read."""
    last = None
    while True:
        following = rows.order_by("pk") if last is None else rows.order_by("pk").filter(pk__gt=last)
        try:
            for row in following.iterator(chunk_size=_ROWS_AT_ONCE):
                last = row.pk
                yield last, row
            return
        except _UNREADABLE:
            # The rows before the broken one may have been fetched with it: go on one by one.
            rest = following if last is None else following.filter(pk__gt=last)
            last = rest.values_list("pk", flat=True)[:1].get()
            yield last, _readable(rows, last)


def _is_sealed(entry: Entry | None) -> bool:
    if entry is None or entry.at is None:  # what is no date at all is read from SQLite as None
        return False
    return entry.hash == seal(entry, settings.TRAIL_KEY)


def _readable(rows: QuerySet, key: int | str) -> Model | None:
    try:
        return rows.get(pk=key)
    except _UNREADABLE:
        return None


def _spans(numbers: Iterable[int]) -> Iterator[Span]:
    """Yield (first, last) of each run of consecutive numbers, the numbers being in order."""
    first = last = None
    for number in numbers:
        if last is not None and number == last + 1:
            last = number
            continue
        if last is not None:
            yield first, last
        first = last = number
    if last is not None:
        yield first, last


def _named(span: Span) -> str:
    first, last = span
    return f"第{first}条" if first == last else f"第{first}条至第{last}条"
