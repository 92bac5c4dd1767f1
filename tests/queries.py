"""How many queries a page takes: lists take as many at thirty rows as at one."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def queries_of(client: Client, address: str, query: dict | None = None) -> int:
    """Return how many queries it takes to answer with a page."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address, query).status_code == 200
    return len(captured)
