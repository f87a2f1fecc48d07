// What has become of an incident, as its channel tells it: the card, and what the app has said.

const ROOM = /^inc-(\d+)-/;
const NOBODY = "–";

/** The channels of incidents, newest first. @param {Map<string, object>} channels */
export function rooms(channels) {
  const found = [...channels.values()].filter((one) => ROOM.test(one.name));
  return found.sort((a, b) => b.created - a.created || (a.id < b.id ? 1 : -1));
}

/** "INC-41" of "inc-41-checkout-is-down". @param {string} name */
export const refOf = (name) => `INC-${ROOM.exec(name)?.[1] ?? ""}`;

/** All words of a message, those of its blocks too. @param {object} message */
export function words(message) {
  return [message.text ?? "", ...texts(message.blocks ?? [])].join("\n");
}

function texts(thing) {
  if (Array.isArray(thing)) return thing.flatMap(texts);
  if (!thing || typeof thing !== "object") return [];
  const own = typeof thing.text === "string" ? [thing.text] : [];
  return own.concat(...Object.values(thing).filter((one) => typeof one === "object").map(texts));
}

/** Reads a channel. @param {object[]} messages oldest first @param {string} bot the id of the app's account
 * @returns {{card: boolean, severity, status, declaredBy, commander, isAcknowledged, isTold, isToldOver, item,
 * finishedBy, isVerified, isDeclined, isClosed, isGone, owed: string[]}} */
export function read(messages, bot) {
  const said = messages.filter((one) => one.user === bot && !one.ephemeral_to).map(words);
  const card = said.find((one) => /\*INC-\d+\*.*`\w+`/.test(one)) ?? "";
  const all = said.join("\n");
  const item = /created action item (A-\d+)/.exec(all)?.[1] ?? "";
  const shown = onCard(card);
  return {
    ...shown, item,
    isToldOver: isOver(shown.status) && !shown.owed.includes("customers told"),
    finishedBy: lastOf(all, /\*([^*\n]+)\* finished A-\d+/g),
    isVerified: /verified A-\d+/.test(all),
    isDeclined: /declined A-\d+/.test(all),
  };
}

function onCard(card) {
  const status = /`(\w+)`/.exec(card)?.[1] ?? "";
  const commander = /\*Incident commander\*\s+([^*\n]+?)(?:\s{2,}|\n|$)/.exec(card)?.[1]?.trim() ?? "";
  return {
    card: Boolean(card), status,
    severity: /SEV\d/.exec(card)?.[0] ?? "",
    declaredBy: /declared .* by ([^·\n]+)/.exec(card)?.[1]?.trim() ?? "",
    commander: commander === NOBODY ? "" : commander,
    isAcknowledged: card.includes("acknowledged ") || isOver(status),
    isTold: card.includes("last told") || status === "closed",
    isClosed: card.includes("Closed: every loop is closed"),
    isGone: /It is (cancelled|merged)/.test(card),
    owed: [...card.matchAll(/☐ ([^☐☑\n]+)/g)].map((one) => one[1].trim()),
  };
}

/** @param {string} status */
export const isOver = (status) => ["resolved", "closed"].includes(status);

function lastOf(text, pattern) {
  return [...text.matchAll(pattern)].pop()?.[1] ?? "";
}
