// Signing out leaves nothing typed behind on a shared machine.

const form = document.querySelector("form[data-signs-out]");
form?.addEventListener("submit", () => {
  // Only when the page is really left: the browser may still ask about unsaved text, and the person stay.
  addEventListener("pagehide", () => {
    const ours = `perfbudget:draft:${form.dataset.signsOut}:`;
    for (const key of Object.keys(localStorage)) if (key.startsWith(ours)) localStorage.removeItem(key);
  });
});
