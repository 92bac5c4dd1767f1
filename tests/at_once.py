"""Several people who act at the same moment, on real threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from indicators.services.approval import ApprovalError
from indicators.services.publication import PublicationError
from indicators.services.tables import NotEditableError
from workflow.services import RevisionConflictError, TransitionError

REFUSALS = (TransitionError, RevisionConflictError, NotEditableError, ApprovalError, PublicationError)


def at_once(*works):
    """Run the works in threads that start together and return what each gave, or was refused with.

    Anything else that is raised, such as a deadlock, is raised here.
    """
    barrier = Barrier(len(works))

    def run(work):
        try:
            connection.ensure_connection()
            barrier.wait()
            return work()
        except REFUSALS as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))
