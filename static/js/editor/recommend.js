// Recommended indicators and similar tables in a dialog of the editor; what is ticked is put in.

import { insertIndicators } from "./insertion.js";
import { get, Unreachable } from "./requests.js";

const HINT = "勾选一条或几条，指标值按本项目填写。";

export function recommend(form) {
  const { editor } = form;
  const tool = document.querySelector('[data-tool="recommend"]');
  tool?.addEventListener("click", (event) => {
    event.preventDefault();
    openRecommendation(editor, tool.getAttribute("href"), tool.dataset.insert);
  });
}

async function openRecommendation(editor, address, insertion) {
  const shell = document.createElement("div");
  shell.className = "recommendation-shell";
  shell.setAttribute("aria-labelledby", "recommendation-title");
  shell.innerHTML = `<h2 id="recommendation-title">推荐指标</h2>
<div class="recommendation-body" tabindex="-1"><p role="status">正在比较用词</p></div>
<p class="wrong" role="alert" hidden></p>
<p class="dialog-acts"><span class="chosen" role="status"></span>
<button class="btn btn-outline-secondary" type="button" data-close>取消</button>
<button class="btn btn-primary" type="button" data-insert disabled>插入所选</button></p>`;
  const dialog = editor.dialog(shell);
  dialog.classList.add("recommendation-dialog");
  await editor.flush(); // what is recommended goes by what is typed
  const problem = await show(editor, shell, address);
  if (problem) {
    tell(shell, problem);
    return;
  }
  const ticks = () => [...shell.querySelectorAll('[name="indicator"]:checked')];
  const button = shell.querySelector("[data-insert]");
  shell.addEventListener("change", ({ target }) => {
    target.closest("li").classList.toggle("ticked", target.checked);
    const chosen = ticks();
    button.disabled = !chosen.length;
    shell.querySelector(".chosen").textContent = chosen.length ? `已选${chosen.length}条` : HINT;
  });
  const insert = async () => {
    if (button.disabled) return;
    button.disabled = true;
    const ids = ticks().map((box) => box.value);
    tell(shell, await insertIndicators(editor, { dialog, address: insertion, after: "", ids }));
    button.disabled = false;
  };
  button.addEventListener("click", insert);
  shell.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    insert();
  });
  shell.querySelector(".chosen").textContent = shell.querySelector('[name="indicator"]') ? HINT : "";
  (shell.querySelector('[name="indicator"]') ?? shell.querySelector("[data-close]")).focus();
}

// Resolves with what is wrong, "" where the recommendations are shown.
async function show(editor, shell, address) {
  try {
    const { status, body } = await get(address);
    if (status === 401) return (await editor.renewSession()) ? show(editor, shell, address) : "登录已失效。";
    if (status !== 200) return `推荐指标没有打开（${status}），刷新页面后重试。`;
    shell.querySelector(".recommendation-body").innerHTML = body;
    return "";
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return "服务器没有应答，推荐指标没有打开，稍后重试。";
  }
}

function tell(shell, problem) {
  const wrong = shell.querySelector(".wrong");
  wrong.hidden = !problem;
  wrong.textContent = problem;
}

document.addEventListener("editor:ready", (event) => recommend(event.target));
