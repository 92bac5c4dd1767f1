// The parts of the right column as tabs. What the address names (#comment-12) opens the tab it stands in.

export class Tabs {
  constructor(side) {
    this.links = [...side.querySelectorAll(".review-tabs a")];
    this.panels = this.links.map((link) => document.getElementById(link.hash.slice(1)));
    side.classList.add("with-tabs");
    side.querySelector(".review-tabs").setAttribute("role", "tablist");
    this.links.forEach((link, place) => this.#prepare(link, place));
    addEventListener("hashchange", () => this.#openNamed());
    this.open(0);
    this.#openNamed();
  }

  open(place, focus = false) {
    this.links.forEach((link, number) => {
      const isOpen = number === place;
      link.setAttribute("aria-selected", isOpen);
      link.tabIndex = isOpen ? 0 : -1;
      this.panels[number].hidden = !isOpen;
    });
    if (focus) this.links[place].focus();
  }

  // Open the tab an element stands in, and show it.
  show(element) {
    const place = this.panels.findIndex((panel) => panel.contains(element));
    if (place < 0) return;
    this.open(place);
    if (element === this.panels[place]) return;
    for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    element.scrollIntoView({ block: "nearest" });
  }

  #prepare(link, place) {
    const panel = this.panels[place];
    link.id = `tab-${panel.id}`;
    link.setAttribute("role", "tab");
    link.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", link.id);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.open(place);
    });
    link.addEventListener("keydown", (event) => this.#step(event, place));
  }

  #step(event, place) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation(); // the arrows lead through the queue elsewhere
    this.open((place + step + this.links.length) % this.links.length, true);
  }

  #openNamed() {
    const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (named) this.show(named);
  }
}
