"""One table and many tables as PDF: our path against stock WeasyPrint on the same HTML. See README.md."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from measuring import peak_megabytes, print_load, seconds, set_up

# What a newcomer writes for a ruled table; everything else of the style sheet stays.
STOCK_CSS = ".ruled, .line { table-layout: auto; } .ruled { border-collapse: collapse; }"
SINGLES = 12
GOALS = {"one": 0.15, "many": 0.05}


class Drawn(NamedTuple):
    """What one process drew: seconds and pages of each PDF, size of the last, its peak memory in MB.

    ``html`` is how long the HTML of the last one takes to make, once.
    """

    seconds: list[float]
    pages: list[int]
    megabytes: float
    peak: float
    html: float


def main() -> None:
    options = _options()
    if options.worker:
        set_up(os.environ["PERFBUDGET_VAR_DIR"])
        print(json.dumps(_work(options.worker, options.case, options)))
        return
    print_load()
    with tempfile.TemporaryDirectory(prefix="perfbudget-bench-") as var_dir:
        _prepare_fonts(var_dir)
        rounds = [
            {
                (engine, case): _in_process(engine, case, options, var_dir)
                for case in options.cases
                for engine in ("ours", "stock")
            }
            for _ in range(options.rounds)
        ]
    print_load()
    if "one" in options.cases:
        _print_singles(rounds)
    if "many" in options.cases:
        _print_many(rounds, options.tables)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=200, help="how many tables the long document has")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured, interleaved")
    parser.add_argument("--cases", nargs="+", choices=("one", "many"), default=["one", "many"])
    parser.add_argument("--seed", type=int, default=1, help="of the made-up tables")
    parser.add_argument(
        "--fonts",
        choices=("same", "machine"),
        default="same",
        help="for stock WeasyPrint: our font files, or what the machine's own fontconfig offers",
    )
    parser.add_argument("--worker", choices=("ours", "stock"), help=argparse.SUPPRESS)
    parser.add_argument("--case", choices=("one", "many"), help=argparse.SUPPRESS)
    return parser.parse_args()


# The measured process


def _work(engine: str, case: str, options: argparse.Namespace) -> Drawn:
    from indicators.layout.booklet import lay_out_publication, lay_out_tables
    from indicators.layout.table import PrintOptions

    draft = PrintOptions(draft=True)
    tables = _tables(options.tables, options.seed)
    warm_up = lay_out_publication(tables[-1], draft)
    if case == "one":
        publications = [lay_out_publication(table, draft) for table in tables[:SINGLES]]
    else:
        publications = [lay_out_tables(tables, draft, "绩效目标表")]
    draw = {"ours": _draw_ours, "stock": _draw_stock}[engine]
    return _measured(draw, [warm_up, *publications])


def _tables(count: int, seed: int) -> list:
    """Return made-up tables, 40 of each department; at least enough to draw singly."""
    from indicators.demo_data import generate_booklets

    departments = -(-max(count, SINGLES + 1) // 40)
    booklets = generate_booklets(departments, 40, seed)
    return [table for booklet in booklets for table in booklet.tables][: max(count, SINGLES + 1)]


def _measured(draw, publications: Sequence) -> Drawn:
    """Draw all, count all but the first."""
    from indicators.layout.html import publication_file
    from reports.pdf import page_count

    times, pdfs = [], []
    for publication in publications:
        work = draw(publication)
        times.append(seconds(lambda work=work: pdfs.append(work())))
    peak = peak_megabytes()
    pages = [page_count(pdf) for pdf in pdfs[1:]]
    html = seconds(lambda: publication_file(publications[-1]))
    return Drawn(times[1:], pages, len(pdfs[-1]) / 1e6, peak, html)


def _draw_ours(publication):
    """Everything from the grids on: HTML, pages broken and numbered, bookmarks, one file."""
    from reports.pdf import print_publication

    return lambda: print_publication(publication).pdf


def _draw_stock(publication):
    """WeasyPrint with its defaults on ready HTML; making the HTML is not counted."""
    import weasyprint

    from indicators.layout.html import publication_file

    html = publication_file(publication, extra_css=STOCK_CSS)
    return lambda: weasyprint.HTML(string=html).write_pdf()


# The measuring process


def _prepare_fonts(var_dir: str) -> None:
    code = "from measuring import set_up; set_up({!r}); from reports.fonts import use_fonts; use_fonts()"
    subprocess.run([sys.executable, "-c", code.format(var_dir)], cwd=Path(__file__).parent, check=True)


def _in_process(engine: str, case: str, options: argparse.Namespace, var_dir: str) -> Drawn:
    """Measure in a fresh process, so that memory and caches of one engine do not touch the other."""
    command = [sys.executable, __file__, "--worker", engine, "--case", case]
    command += ["--tables", str(options.tables), "--seed", str(options.seed)]
    environment = {**os.environ, "PERFBUDGET_VAR_DIR": var_dir}
    environment.pop("FONTCONFIG_FILE", None)
    if engine == "stock" and options.fonts == "same":
        environment["FONTCONFIG_FILE"] = str(next(Path(var_dir, "fonts").glob("*/fonts.conf")))
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return Drawn(*json.loads(done.stdout))


def _print_singles(rounds: Sequence[dict]) -> None:
    ours, stock = _of_case(rounds, "one")
    print(f"\nOne table ({SINGLES} different ones, warm process, median over {len(rounds)} rounds)")
    pages = ours[0].pages
    for label, places in (
        ("on one page", [place for place, count in enumerate(pages) if count == 1]),
        ("on several pages", [place for place, count in enumerate(pages) if count > 1]),
        ("all", range(SINGLES)),
    ):
        if places:
            _print_line(f"{label} ({len(places)})", _times(ours, places), _times(stock, places), "one")
    print(f"  pages: ours {sum(pages)}, stock {sum(stock[0].pages)}; {_memory(ours, stock)}")


def _print_many(rounds: Sequence[dict], tables: int) -> None:
    ours, stock = _of_case(rounds, "many")
    print(f"\n{tables} tables in one document (median of {len(rounds)} rounds)")
    _print_line("all", _times(ours, [0]), _times(stock, [0]), "many")
    print(f"  pages: ours {ours[0].pages[0]}, stock {stock[0].pages[0]}; {_memory(ours, stock)}")
    print(f"  file: ours {ours[0].megabytes:.1f} MB, stock {stock[0].megabytes:.1f} MB")
    html = median(one.html for one in ours)
    print(f"  making the HTML once: {html * 1000:.0f} ms (ours includes it, stock does not)")


def _of_case(rounds: Sequence[dict], case: str) -> tuple[list[Drawn], list[Drawn]]:
    return [one["ours", case] for one in rounds], [one["stock", case] for one in rounds]


def _times(drawn: Iterable[Drawn], places: Iterable[int]) -> float:
    """Return the median over rounds and documents, in seconds."""
    return median(one.seconds[place] for one in drawn for place in places)


def _print_line(label: str, ours: float, stock: float, case: str) -> None:
    ratio = ours / stock
    verdict = "reached" if ratio <= GOALS[case] else "MISSED"
    print(
        f"  {label:22} ours {ours * 1000:8.1f} ms   stock {stock * 1000:9.1f} ms   "
        f"ratio {ratio:.3f}   goal {GOALS[case]} {verdict}"
    )


def _memory(ours: Sequence[Drawn], stock: Sequence[Drawn]) -> str:
    peaks = (median(one.peak for one in drawn) for drawn in (ours, stock))
    return "peak memory: ours {:.0f} MB, stock {:.0f} MB".format(*peaks)


if __name__ == "__main__":
    main()
