// A comment or an answer that is typed and not sent: acts lead to another page, so they wait for it.

const WAITS = "还没有提交：提交或清空后再办理。";

export class Drafts {
  constructor(side, tabs) {
    this.side = side;
    this.tabs = tabs;
  }

  // True where something is typed and not sent; it is shown then, and says what to do.
  hold() {
    const typed = [...this.side.querySelectorAll("textarea")].find((each) => each.value.trim());
    if (!typed) return false;
    this.tabs.show(typed);
    typed.addEventListener("input", () => typed.setCustomValidity(""), { once: true });
    typed.addEventListener("blur", () => typed.setCustomValidity(""), { once: true });
    typed.setCustomValidity(WAITS);
    typed.reportValidity();
    return true;
  }
}
