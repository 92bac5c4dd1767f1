// Leaving the page: what is being saved is waited for; the browser asks only where something stays unsaved.

const LONGEST = 2000; // milliseconds

export function watchLeaving(editor) {
  addEventListener("beforeunload", (event) => {
    if (!editor.saving.hasUnsaved()) return;
    event.preventDefault();
    event.returnValue = "";
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.target || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.getAttribute("href").startsWith("#") || !editor.saving.hasUnsaved()) return;
    event.preventDefault();
    Promise.race([editor.flush(), new Promise((resolve) => setTimeout(resolve, LONGEST))]).then(() => {
      location.assign(link.href);
    });
  });
}
