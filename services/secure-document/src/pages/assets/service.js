// Talking to the service.

const GIVE_UP_AFTER = 30000;

/** What the service refused, or status 0 where it could not be reached. */
export class Problem extends Error {
  constructor(status, reason, wait) {
    super(reason || `status ${status}`);
    this.status = status;
    this.reason = reason || "";
    /** Seconds until it may be tried again, if that helps. */
    this.wait = wait || 0;
  }
}

async function send(path, body) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), GIVE_UP_AFTER);
  try {
    return await fetch(`/d/api/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      cache: "no-store",
      signal: patience.signal,
    });
  } catch (error) {
    throw new Problem(0);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks; the token goes in the body, which no log keeps. */
export async function post(path, body) {
  const response = await send(path, body || {});
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Problem(response.status, answer.reason, answer.retry_after_seconds);
  }
  return answer;
}

/** Fetches the clinic's picture. */
export async function fetchLogo(token) {
  const response = await send("logo", { token });
  if (!response.ok) {
    throw new Problem(response.status);
  }
  return response.blob();
}
