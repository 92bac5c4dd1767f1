// The keys of the review page; never while somebody types, and none with Ctrl, Alt or the like but Ctrl+Enter.

export function listenToKeys({ bar, cells, tabs }) {
  const acts = {
    a: () => bar.open("pass") || bar.open("blocked"),
    r: () => bar.open("return"),
    j: () => bar.go("next"),
    k: () => bar.go("previous"),
    ArrowRight: () => bar.go("next"),
    ArrowLeft: () => bar.go("previous"),
    ArrowDown: () => cells.step(1),
    ArrowUp: () => cells.step(-1),
    c: () => cells.comment(),
    "?": () => bar.openHelp(),
    Escape: () => cells.leave() || bar.close(),
  };
  for (const place of [0, 1, 2, 3]) acts[place + 1] = () => tabs.open(place);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey && event.target.matches("textarea") && !event.repeat) send(event);
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = acts[key];
    if (!act || document.querySelector("dialog[open]")) return;
    if (event.key !== "Escape" && (isTyping(event.target) || bar.isOpen)) return;
    if (key.startsWith("Arrow") && event.target.closest("summary, select, [role=tab]")) return;
    const done = act();
    if (done !== false && event.key !== "Escape") event.preventDefault();
  });
}

// Send what is typed, by the first button of its form.
function send(event) {
  event.preventDefault();
  event.target.form.querySelector("button[type=submit]").click();
}

function isTyping(element) {
  return element.matches("input:not([type=checkbox]), textarea, select") || element.isContentEditable;
}
