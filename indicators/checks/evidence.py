"""Hits as plain JSON, and a hash over what they are evidence of."""

import dataclasses
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from indicators.checks.cells import cell_text
from indicators.checks.model import Fix, Hit, Severity
from indicators.document import Booklet, TargetTable


def plain_hit(hit: Hit) -> dict[str, Any]:
    """Return a hit as JSON: {path, row, message, advice, evidence, severity, fix}."""
    return {
        "path": hit.path,
        "row": hit.row,
        "message": hit.message,
        "advice": hit.advice,
        "evidence": hit.evidence,
        "severity": hit.severity,
        "fix": hit.fix and dataclasses.asdict(hit.fix),
    }


def hit_from_plain(plain: dict[str, Any]) -> Hit:
    """Return the hit that ``plain_hit`` wrote."""
    severity, fix = plain["severity"], plain["fix"]
    return Hit(
        **{name: plain[name] for name in ("path", "row", "message", "advice", "evidence")},
        severity=Severity(severity) if severity else None,
        fix=Fix(**fix) if fix else None,
    )


def evidence_hash(document: TargetTable | Booklet, hits: Iterable[Hit]) -> str:
    """Return a SHA-256 over the paths and evidence of hits and the texts of their cells.

    Row numbers and messages take no part: a row moved up leaves an explanation standing. A hit on a whole
    list (indicators) has its evidence alone, else every keystroke in any row would undo the explanation.
    """
    parts = [(hit.path, hit.evidence, cell_text(document, hit.path)) for hit in hits]
    owner = document.uid if isinstance(document, TargetTable) else ""
    content = json.dumps([owner, sorted(parts)], ensure_ascii=True)
    return hashlib.sha256(content.encode()).hexdigest()
