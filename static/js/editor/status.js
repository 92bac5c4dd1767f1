// What the action bar says: whether all is saved, how many findings there are, and announcements for the ear.

export class Status {
  #state = document.getElementById("save-state");
  #live = document.getElementById("announcement");
  #timer = 0;

  constructor(retry) {
    this.retry = retry;
  }

  // kind: saved, saving, typing, unsaved, conflict; words are shown, a button where there is something to do.
  show(kind, words, button = "") {
    clearTimeout(this.#timer);
    // Most saves are done before anybody could read that they began.
    if (kind === "saving") this.#timer = setTimeout(() => this.#draw(kind, words, button), 400);
    else this.#draw(kind, words, button);
  }

  #draw(kind, words, button) {
    const key = `${kind}|${words}|${button}`;
    if (this.#state.dataset.key === key) return;
    this.#state.dataset.key = key;
    this.#state.className = `save-state ${kind}`;
    this.#state.textContent = words;
    if (!button) return;
    const act = document.createElement("button");
    act.className = "plain";
    act.type = "button";
    act.textContent = button;
    act.addEventListener("click", () => this.retry());
    this.#state.append(act);
  }

  announce(text) {
    this.#live.textContent = "";
    requestAnimationFrame(() => {
      this.#live.textContent = text;
    });
  }

  tally(counts) {
    for (const button of document.querySelectorAll("[data-jump]")) {
      const number = counts[button.dataset.jump] ?? 0;
      button.querySelector("span").textContent = number;
      button.classList.toggle("none", !number);
    }
  }
}
