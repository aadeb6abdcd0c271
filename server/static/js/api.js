// The HTTP API. Whatever goes wrong becomes a Problem.

import { t, tag } from "./i18n.js";

const TOKEN = "wenju-token";

/** A request that failed. `status` is 0 when no answer came. */
export class Problem extends Error {
  constructor(status, body = {}, headers = new Headers()) {
    super(body.title ?? `HTTP ${status}`);
    this.status = status;
    this.title = typeof body.title === "string" ? body.title : null;
    this.detail = typeof body.detail === "string" ? body.detail : null;
    const wait = Number(headers.get("Retry-After"));
    this.wait = wait > 0 ? Math.min(Math.ceil(wait), 600) : null;
    this.id = headers.get("X-Request-ID") ?? body.request_id ?? null;
  }
}

let askForToken = async () => null;
let asking = null;

// Who would rather give no token is not asked again before they do something else.
let refused = false;
for (const act of ["click", "keydown", "drop", "popstate"]) addEventListener(act, () => { refused = false; }, true);

/** Have `ask` (what was wrong with the token given, or null) → token or null called where the server wants a token. */
export function onTokenWanted(ask) {
  askForToken = ask;
}

function token() {
  try { return sessionStorage.getItem(TOKEN); } catch { return null; }
}

/** Whether a token was given in this tab. */
export const holdsToken = () => token() !== null;

async function newToken(used, wrong) {
  if (token() !== used) return token();
  if (refused) return null;
  asking ??= askForToken(wrong).finally(() => { asking = null; });
  const given = await asking;
  if (!given) refused = true;
  else try { sessionStorage.setItem(TOKEN, given); } catch { /* storage may be switched off */ }
  return given;
}

/** `attempt(headers)`, again with a token when the server wants one; not where that is `quiet`. */
async function authorised(attempt, { quiet = false } = {}) {
  let used = token();
  for (;;) {
    const headers = { "Accept-Language": tag() };
    if (used) headers.Authorization = `Bearer ${used}`;
    try {
      return await attempt(headers);
    } catch (error) {
      if (quiet || !(error instanceof Problem) || error.status !== 401) throw error;
      used = await newToken(used, used && (error.detail ?? t("tokenWrong")));
      if (!used) throw error;
    }
  }
}

function parsed(text) {
  try { return JSON.parse(text) ?? {}; } catch { return {}; }
}

async function send(path, { accept = "application/json", body, ...options }, given) {
  const headers = { Accept: accept, ...given };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { ...options, headers, body: body && JSON.stringify(body), cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0);
  }
  if (!response.ok) throw new Problem(response.status, parsed(await response.text()), response.headers);
  return response;
}

/** The JSON answer to a request, or null where there is none; a `quiet` one asks nobody for a token. */
export const request = (path, { quiet, ...options } = {}) => authorised(async (headers) => {
  const text = await (await send(path, options, headers)).text();
  return text ? JSON.parse(text) : null;
}, { quiet });

/** The parameters of `values` that are set, as a query string. */
export function query(values) {
  const set = Object.entries(values).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return new URLSearchParams(set).toString();
}

/** Ask; `onPassages` gets the passages and what was understood, as soon as they are known. */
export const ask = (body, signal, onPassages) => authorised(async (headers) => {
  const response = await send("/api/ask", { method: "POST", body, signal, accept: "text/event-stream, application/json;q=0.9" }, headers);
  if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) return response.json();
  let answer = null;
  try {
    for await (const { event, data } of events(response.body)) {
      if (event === "passages") onPassages(data);
      else if (event === "answer") answer = data;
      else if (event === "error") throw new Problem(data.status ?? 500, data);
      else if (event === "done") break;
    }
  } catch (error) {
    if (error instanceof Problem || error.name === "AbortError") throw error;
    throw new Problem(0);
  }
  if (!answer) throw new Problem(0);
  return answer;
});

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    waiting += value;
    const blocks = waiting.split(/\r?\n\r?\n/);
    waiting = blocks.pop();
    for (const block of blocks) {
      let event = "message", data = "";
      for (const line of block.split(/\r?\n/)) {
        if (line.startsWith("event:")) event = line.slice(6).trim();
        else if (line.startsWith("data:")) data += line.slice(5);
      }
      if (data) yield { event, data: JSON.parse(data) };
    }
  }
}

/** Send a file of articles; `onProgress` gets the share sent, 0 to 1. Gives its result. */
export const upload = (file, onProgress) => authorised((headers) => new Promise((resolve, reject) => {
  // fetch cannot tell how much of a body was sent.
  const call = new XMLHttpRequest();
  call.open("POST", "/api/articles");
  call.setRequestHeader("Accept", "application/json");
  for (const [name, value] of Object.entries(headers)) call.setRequestHeader(name, value);
  call.upload.onprogress = (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); };
  call.upload.onload = () => onProgress(1);
  call.onerror = () => reject(new Problem(0));
  call.onload = () => {
    const body = parsed(call.responseText);
    if (call.status < 300) return resolve(body.results?.[0] ?? {});
    const kept = ["Retry-After", "X-Request-ID"].flatMap((name) => {
      const value = call.getResponseHeader(name);
      return value ? [[name, value]] : [];
    });
    return reject(new Problem(call.status, body, new Headers(kept)));
  };
  const form = new FormData();
  form.append("files", file, file.name);
  call.send(form);
}));
