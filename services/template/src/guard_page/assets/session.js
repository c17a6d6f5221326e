// Who uses the page: a token in memory, which ends with the page.

let token = "";

/** Signs in; answers what went wrong, or nothing. */
export async function signIn(organization, email, password) {
  const answer = await ask("/v1/sessions:signIn", { organization, email, password });
  if (!answer.body.accessToken) {
    return answer.status === 401 ? "That is not right: please try again." : told(answer);
  }
  token = answer.body.accessToken;
  return "";
}

/** Calls a method; answers the status and the body, also of a refusal. Status 0: nobody answered. */
export async function ask(path, request) {
  const headers = { "content-type": "application/json" };
  if (token) {
    headers.authorization = `Bearer ${token}`;
  }
  try {
    const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(request) });
    return { status: response.status, body: await response.json() };
  } catch {
    return { status: 0, body: {} };
  }
}

/** A refusal in words. */
export function told({ status, body }) {
  if (status === 0) {
    return "The guard cannot be reached. Please try again.";
  }
  if (status === 403) {
    return "Your role may not ask the guard.";
  }
  const first = body.violations?.[0];
  return first ? `${first.field}: ${first.description}` : (body.detail ?? "That did not work.");
}
