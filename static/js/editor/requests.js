// One request to our server. What comes back is {status, body}; no answer at all raises Unreachable.

export class Unreachable extends Error {
  isFault = false; // the server itself failed, it is not merely away
}

const KEEPALIVE_LIMIT = 50_000; // bytes; browsers refuse more than 64 KiB for a request that outlives its page

// The token changes at every login, so it is read when a request is sent.
function token() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

// `isBackground` is what no person does: it keeps no session alive.
export async function post(address, fields, { isBackground = false } = {}) {
  const body = new URLSearchParams(fields).toString();
  return send(address, {
    method: "POST",
    body,
    keepalive: body.length < KEEPALIVE_LIMIT,
    headers: { "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": token() },
    isBackground,
  });
}

export async function get(address, { isBackground = false } = {}) {
  return send(address, { isBackground });
}

// Whose page this is: in another tab somebody else may have logged in since.
function user() {
  return document.querySelector("form[data-signs-out]")?.dataset.signsOut ?? "";
}

async function send(address, { isBackground, ...options }) {
  const headers = {
    ...options.headers,
    Accept: "application/json",
    "X-Requested-With": "fetch",
    "X-Signed-In-As": user(),
    ...(isBackground ? { "X-Background": "1" } : {}),
  };
  let response;
  let text;
  try {
    response = await fetch(address, { credentials: "same-origin", cache: "no-store", ...options, headers });
    text = await response.text();
  } catch (error) {
    throw new Unreachable(error.message);
  }
  if (response.status >= 500) throw Object.assign(new Unreachable(), { isFault: response.status === 500 });
  return { status: response.status, body: parsed(text, response), address: response.url };
}

function parsed(text, response) {
  return response.headers.get("Content-Type")?.startsWith("application/json") ? JSON.parse(text) : text;
}
