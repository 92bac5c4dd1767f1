"""Project codes of 21 characters, as Hebei and Tianjin print them: region, year, P, serials, check."""

from projects.codes import check_character


def project_code(region: str, year: int, serial: int, sub_serial: int = 10001) -> str:
    """Return the code of a project that entered the library in ``year``; ``serial`` is up to six digits."""
    body = f"{region}{year % 100:02}P{serial:06}{sub_serial:05}"
    return f"{body}{check_character(body)}"
