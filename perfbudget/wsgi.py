import logging
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perfbudget.settings")
application = get_wsgi_application()


def _draw_a_page() -> None:
    """Draw a page at worker start: fonts and engine are checked, and nobody waits for the first PDF."""
    from reports.pdf import engine_problems

    for problem in engine_problems():
        logging.getLogger("reports.pdf").error(problem)


_draw_a_page()
