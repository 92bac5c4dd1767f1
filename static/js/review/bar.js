// The acts at the bottom: their panels open one at a time, take the focus and give it back.

export class Bar {
  constructor(bar, drafts) {
    this.bar = bar;
    this.drafts = drafts;
    this.folds = [...bar.querySelectorAll("details")];
    this.help = document.querySelector(".review-help");
    for (const fold of this.folds) fold.addEventListener("toggle", () => this.#toggled(fold));
    for (const button of bar.querySelectorAll("[data-close]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.close());
    }
    const opener = bar.querySelector("[data-help]");
    opener.hidden = false;
    opener.addEventListener("click", () => this.openHelp());
    document.addEventListener("click", (event) => {
      if (!event.target.closest(".review-bar details")) this.close(false);
    });
    for (const form of bar.querySelectorAll("form")) form.addEventListener("submit", (event) => this.#sendOnce(event));
    const refused = this.folds.find((fold) => fold.open);
    if (refused) this.#enter(refused);
  }

  get isOpen() {
    return this.folds.some((fold) => fold.open);
  }

  // Open the panel of an act; false where the act is not there.
  open(name) {
    const fold = document.getElementById(name);
    if (!fold) return false;
    fold.open = true;
    return true;
  }

  close(focus = true) {
    for (const fold of this.folds.filter((each) => each.open)) {
      fold.open = false;
      if (focus) fold.querySelector("summary").focus();
    }
  }

  openHelp() {
    this.help.showModal();
  }

  // Go to the next or the previous table of the queue.
  go(where) {
    const address = this.bar.dataset[where];
    if (address && !this.drafts.hold()) location.assign(address);
  }

  #toggled(fold) {
    if (!fold.open) return;
    for (const other of this.folds) if (other !== fold) other.open = false;
    this.#enter(fold);
  }

  #enter(fold) {
    fold.querySelector("textarea, .panel-acts button")?.focus();
  }

  #sendOnce(event) {
    if (event.target.dataset.sent || this.#isHeld()) event.preventDefault();
    else event.target.dataset.sent = "yes";
  }

  #isHeld() {
    if (!this.drafts.hold()) return false;
    for (const fold of this.folds) fold.open = false;
    return true;
  }
}
