// Modal dialogs from the templates of the page. Focus goes back to where it was.

export function openDialog(content, { wide = false } = {}) {
  const dialog = document.createElement("dialog");
  dialog.className = `editor-dialog${wide ? " wide" : ""}`;
  dialog.append(content);
  const title = dialog.querySelector("[aria-labelledby]");
  if (title) dialog.setAttribute("aria-labelledby", title.getAttribute("aria-labelledby"));
  const before = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
  });
  dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export function template(id) {
  return document.getElementById(id).content.cloneNode(true);
}

// Resolve with what the dialog was closed with: the value of a button, "" for Esc.
export function closing(dialog) {
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}

export function openHelp() {
  if (!document.querySelector("dialog[open]")) openDialog(template("help-dialog"), { wide: true });
}
