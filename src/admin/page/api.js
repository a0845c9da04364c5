// Asking the admin listener, with the token where it wants one.

const TIMEOUT_MS = 8000;
const KEY = "errgate-admin-token";

export class Refused extends Error {}   // 401: no or a wrong token
export class NotThere extends Error {}  // 404
export class Unanswered extends Error {}

let token = "";
try {
  token = sessionStorage.getItem(KEY) ?? "";
} catch {
  // Storage may be forbidden; the token then lasts as long as the page.
}

export const hasToken = () => token !== "";

export function setToken(value) {
  token = value;
  try {
    if (value) sessionStorage.setItem(KEY, value);
    else sessionStorage.removeItem(KEY);
  } catch {
    // as above
  }
}

async function explain(response) {
  const text = await response.text();
  try {
    return JSON.parse(text).error ?? text;
  } catch {
    return text;
  }
}

async function ask(path, accepted) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let response;
  try {
    response = await fetch(path, { headers, signal, cache: "no-store", redirect: "error", credentials: "omit" });
  } catch (error) {
    throw new Unanswered(error.name === "TimeoutError" ? `no answer within ${TIMEOUT_MS / 1000} s` : "no connection");
  }
  if (response.ok || accepted.includes(response.status)) return response;
  const text = await explain(response);
  if (response.status === 401) throw new Refused(text);
  if (response.status === 404) throw new NotThere(text);
  throw new Error(`${path} answered ${response.status}: ${text}`);
}

// Relative, so that the page works behind a path prefix too.
export const getText = async (path) => (await ask(path, [])).text();
export const getJson = async (path, accepted = []) => (await ask(path, accepted)).json();
