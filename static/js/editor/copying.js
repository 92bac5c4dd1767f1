// Copying from another project: what is typed is saved first, so that the page of choices begins with it.

export function copying(form) {
  const tool = document.querySelector('[data-tool="copy"]');
  tool?.addEventListener("click", async (event) => {
    event.preventDefault();
    await form.editor.flush();
    location.assign(tool.href);
  });
}

document.addEventListener("editor:ready", (event) => copying(event.target));
