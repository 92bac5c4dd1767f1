"""The seal of an entry: an HMAC over all its content and the seal of the entry before it."""

import datetime
import hmac
import json
from typing import Any

GENESIS = "0" * 64  # what the first entry names as the hash before it

SEALED_FIELDS = (
    "sequence",
    "previous_hash",
    "at",
    "actor_id",
    "actor_name",
    "action",
    "kind",
    "object_id",
    "label",
    "department_code",
    "changes",
    "reason",
    "batch",
    "address",
)
SEALED_WHERE_GIVEN = ("capacity",)  # columns added later: entries of before keep their seal


def seal(entry: Any, key: str) -> str:
    """Return the HMAC-SHA256 of an entry in hexadecimal.

    It is taken over canonical JSON: sorted keys, no white space, ASCII only, the time in UTC with all six
    decimals. So an entry read back from any database and any time zone has the seal it was written with.
    """
    content = {name: getattr(entry, name) for name in SEALED_FIELDS}
    content |= {name: value for name in SEALED_WHERE_GIVEN if (value := getattr(entry, name))}
    content["at"] = entry.at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hmac.digest(key.encode(), text.encode("ascii"), "sha256").hex()
