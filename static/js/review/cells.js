// The cells of the paper: one of them can be chosen, by keys or by a click, and takes a comment.

const ROW_PART = /\/[^/]+$/;

export class Cells {
  constructor(paper, tabs) {
    this.tabs = tabs;
    this.fold = document.getElementById("new-comment");
    this.cells = [...paper.querySelectorAll("[data-path]")];
    this.chosen = null;
    if (!this.fold || !("comments" in paper.dataset)) return;
    this.cells.forEach((cell, place) => {
      cell.tabIndex = place ? -1 : 0; // one stop of the Tab key; the arrows lead on
      cell.addEventListener("focus", () => this.#choose(cell));
    });
    paper.addEventListener("click", (event) => this.#clicked(event));
  }

  // Write a comment on the chosen cell, or on the whole.
  comment() {
    if (!this.fold) return;
    const places = this.fold.querySelector("select");
    if (this.chosen) places.value = this.#place(places, this.chosen.dataset.path);
    this.tabs.show(this.fold);
    this.fold.open = true;
    this.fold.querySelector("textarea").focus();
  }

  step(by) {
    const place = this.cells.indexOf(document.activeElement.closest("[data-path]") ?? this.chosen);
    if (place < 0) return false;
    this.cells[place + by]?.focus();
    return true;
  }

  // Go back from the comment to the cell it is on; what is typed stays there.
  leave() {
    if (!this.chosen || !this.fold.contains(document.activeElement)) return false;
    this.chosen.focus();
    return true;
  }

  #choose(cell) {
    if (this.chosen) this.chosen.tabIndex = -1;
    this.cells[0].tabIndex = -1;
    cell.tabIndex = 0;
    this.chosen = cell;
  }

  #clicked(event) {
    const cell = event.target.closest("[data-path]");
    if (!cell || event.target.closest("a, summary, .was") || getSelection().toString()) return;
    this.#choose(cell);
    for (const each of this.cells) each.classList.toggle("chosen", each === cell);
    this.comment();
  }

  // A tier stands for its rows: a comment on it is one on its first row.
  #place(places, path) {
    const known = [path, path.replace(ROW_PART, "")];
    return known.find((each) => [...places.options].some((option) => option.value === each)) ?? "whole";
  }
}
