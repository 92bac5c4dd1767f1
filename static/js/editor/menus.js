// A menu at a button: arrows move, Enter chooses, Esc closes and gives the focus back.

let closeOpen = null;

// items: {label, hint, act, checked, disabled}, {heading} or {rule: true}
export function openMenu(anchor, items) {
  closeOpen?.();
  const menu = document.createElement("div");
  menu.className = "float act-menu";
  menu.setAttribute("role", "menu");
  for (const item of items) menu.append(drawn(item, close));
  menu.addEventListener("keydown", (event) => move(event, menu, close));
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget)) close(false);
  });
  document.getElementById("main").append(menu);
  place(menu, anchor);
  anchor.setAttribute("aria-expanded", "true");
  (menu.querySelector('[aria-checked="true"]') ?? menu.querySelector("button:not(:disabled)"))?.focus({ preventScroll: true });
  closeOpen = close;

  function close(withFocus = true) {
    if (closeOpen !== close) return;
    closeOpen = null;
    anchor.removeAttribute("aria-expanded");
    menu.remove();
    if (withFocus && anchor.isConnected) anchor.focus({ preventScroll: true });
  }
}

function drawn(item, close) {
  if (item.rule) return document.createElement("hr");
  if (item.heading) {
    const heading = document.createElement("div");
    heading.className = "heading";
    heading.textContent = item.heading;
    return heading;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.disabled = Boolean(item.disabled);
  button.setAttribute("role", item.checked === undefined ? "menuitem" : "menuitemradio");
  if (item.checked !== undefined) button.setAttribute("aria-checked", String(item.checked));
  button.textContent = item.label;
  if (item.hint) {
    const hint = document.createElement("kbd");
    hint.textContent = item.hint;
    hint.setAttribute("aria-hidden", "true");
    button.append(hint);
  }
  button.addEventListener("click", () => {
    close();
    item.act();
  });
  return button;
}

function move(event, menu, close) {
  const buttons = [...menu.querySelectorAll("button:not(:disabled)")];
  const here = buttons.indexOf(document.activeElement);
  const steps = { ArrowDown: here + 1, ArrowUp: here - 1 + buttons.length, Home: 0, End: buttons.length - 1 };
  if (event.key in steps) buttons[steps[event.key] % buttons.length].focus();
  else if (event.key === "Escape" || event.key === "Tab") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

// Below the anchor, or above where there is no room.
export function place(box, anchor) {
  const at = anchor.getBoundingClientRect();
  const { offsetHeight, offsetWidth } = box;
  const isBelow = at.bottom + offsetHeight + 8 < innerHeight || at.top < offsetHeight;
  box.style.top = `${scrollY + (isBelow ? at.bottom + 2 : at.top - offsetHeight - 2)}px`;
  box.style.left = `${scrollX + Math.max(8, Math.min(at.left, innerWidth - offsetWidth - 24))}px`;
}
