// A bar at the foot of the window: what was done, with one thing to do about it.

const SECONDS = 15;

export function showBar(text, { button = "", act = null, seconds = SECONDS, isAlert = false } = {}) {
  document.querySelector(".undo-bar")?.remove();
  const bar = document.createElement("div");
  bar.className = "undo-bar";
  bar.setAttribute("role", isAlert ? "alert" : "status");
  const words = document.createElement("span");
  words.textContent = text;
  bar.append(words);
  if (button) {
    const press = document.createElement("button");
    press.type = "button";
    press.textContent = button;
    press.addEventListener("click", () => {
      bar.remove();
      act?.();
    });
    bar.append(press);
  }
  document.body.append(bar);
  if (seconds) goAfter(bar, seconds * 1000);
  return bar;
}

// It stays while somebody points at it or has it in focus.
function goAfter(bar, pause) {
  setTimeout(() => {
    if (bar.matches(":hover, :focus-within")) goAfter(bar, pause);
    else bar.remove();
  }, pause);
}
