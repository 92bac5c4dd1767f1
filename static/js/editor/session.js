// The session ended: log in again in a dialog, under the same name, and go on.

import { post, Unreachable } from "./requests.js";
import { closing, openDialog, template } from "./dialogs.js";

// Resolves true once logged in, false where the dialog was put off.
export function renewSession(form) {
  const dialog = openDialog(template("session-dialog"));
  const login = dialog.querySelector("form");
  const problem = dialog.querySelector(".wrong");
  login.password.focus();
  login.addEventListener("submit", async (event) => {
    event.preventDefault();
    const reason = await refusal(form.dataset.session, login);
    if (!reason) {
      document.dispatchEvent(new Event("session-renewed")); // idle.js counts anew
      return dialog.close("renewed");
    }
    problem.hidden = false;
    problem.textContent = reason;
    login.password.select();
  });
  return closing(dialog).then((value) => value === "renewed");
}

// Why the login was refused; "" where it was not.
async function refusal(address, login) {
  try {
    const fields = { username: login.username.value, password: login.password.value };
    const { status, body } = await post(address, fields);
    return status === 200 ? "" : body.problem ?? `登录没有成功（${status}）。刷新页面后重试，填写的内容保留在本机。`;
  } catch (error) {
    if (error instanceof Unreachable) return "服务器没有应答，稍后重试。";
    throw error;
  }
}
