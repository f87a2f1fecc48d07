// The doors of the sandbox: questions, deeds in a person's name, and the stream of what happens.

/** A sentence of the sandbox: why something was not done. */
export class Told extends Error {}

/** Deeds of the sandbox itself, which nobody does in person. */
const IMPERSONAL = new Set(["conditions", "connect", "clock", "disconnect", "event"]);
const AWAY = "The practice workspace does not answer. Is it still running?";

const self = { person: "" };

/** Says in whose name this window asks and acts. @param {string} id */
export function speakAs(id) {
  self.person = id;
}

/** Asks a door below /sandbox through the eyes of this window's person.
 * @param {string} path for example "channels/C1/messages?limit=50" @returns {Promise<object>} */
export async function get(path) {
  const url = new URL(`/sandbox/${path.replace(/^\/(sandbox\/)?/, "")}`, location.origin);
  if (self.person && !url.searchParams.has("as")) url.searchParams.set("as", self.person);
  return await answered(url, {});
}

/** Does something in the name of this window's person. @param {string} verb @param {object} [body]
 * @returns {Promise<object>} what came back @throws {Told} with the sandbox's sentence */
export async function act(verb, body = {}) {
  const named = IMPERSONAL.has(verb) ? body : { user: self.person, ...body };
  const headers = { "Content-Type": "application/json" };
  return await answered(`/sandbox/${verb}`, { method: "POST", headers, body: JSON.stringify(named) });
}

/** Empties what a door holds, as DELETE does. @param {string} path */
export async function forget(path) {
  return await answered(`/sandbox/${path}`, { method: "DELETE" });
}

async function answered(url, options) {
  let response;
  try {
    response = await fetch(url, { ...options, headers: { ...options.headers, "X-Page": "1" } });
  } catch {
    throw new Told(AWAY);
  }
  const body = await response.json().catch(() => ({}));
  if (body.refused) throw new Told(body.refused);
  if (!response.ok) throw new Told(body.error || `The practice workspace answered ${response.status}.`);
  return body;
}

/** The kinds of events that the stream may carry. */
export const KINDS = [
  "message", "changed", "deleted", "channel", "gone", "reaction", "person", "views", "home", "traffic",
  "conditions", "mail", "pager", "bot", "clock", "reload",
];

/** Follows what a person may see. `handlers` has a function for each kind of event that is wanted, and
 * `any(kind, data)`, `connected(isOpen)` if they are there.
 * @param {string} person @param {object} handlers @param {string} [since] the id to go on from
 * @returns {() => void} ends it */
export function listen(person, handlers, since = "") {
  const query = new URLSearchParams({ as: person });
  if (since) query.set("since", since);
  const source = new EventSource(`/sandbox/events?${query}`);
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) => {
      const data = JSON.parse(event.data);
      handlers[kind]?.(data);
      handlers.any?.(kind, data);
    });
  }
  source.addEventListener("open", () => handlers.connected?.(true));
  source.addEventListener("error", () => handlers.connected?.(false));
  return () => source.close();
}
