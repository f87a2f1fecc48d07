// Draws one message: who, when, what, and what hangs on it.

import { el, face, sign } from "./make.js";
import { blocks, clicksOn, mrkdwn } from "./draw.js";
import { glyph } from "./glyphs.js";
import { Told } from "./server.js";
import * as server from "./server.js";
import { store } from "./store.js";
import { ago, clock, dateOf, day, full } from "./time.js";

const NOTES = /^(channel|group)_(join|leave|topic|purpose|name|archive|unarchive)$/;

/** Whether Slack itself wrote it: somebody joined, the topic was set. @param {object} message */
export const isNote = (message) => NOTES.test(message.subtype ?? "");

/** Whether it says that somebody came in. @param {object} message */
export const isJoin = (message) => /_join$/.test(message.subtype ?? "");

/** Who wrote it, as shown: an app may borrow a name. @param {object} message */
export function nameOf(message) {
  return message.username || store.people.get(message.user)?.real_name || message.user;
}

/** A message as a row of the list. `how` is {channel, isFirst, isThread, isEditing, editor}.
 * @param {object} message @param {object} how @returns {HTMLElement} */
export function drawMessage(message, how) {
  if (isNote(message)) return drawNote(message);
  const classes = ["message", how.isFirst ? "first" : "", message.ephemeral_to ? "ephemeral" : ""];
  if (message.pinned_to?.length) classes.push("pinned");
  const row = el("div", {
    class: classes.filter(Boolean).join(" "), role: "listitem", tabindex: "-1", data: { ts: message.ts, user: message.user },
  });
  row.append(gutter(message, how), el("div", { class: "message-body" }, ...body(message, how)));
  return row;
}

function gutter(message, how) {
  if (how.isFirst) return el("div", { class: "gutter" }, face(authorOf(message), message.username));
  return el("div", { class: "gutter" }, timeLink(message, how, "late-time"));
}

const authorOf = (message) => (message.username ? { id: message.username } : store.people.get(message.user));

function* body(message, how) {
  if (message.ephemeral_to) yield onlyYou(message, how);
  if (message.pinned_to?.length) yield el("p", { class: "aside pinned-by" }, sign("pin"), pinnedBy(how.channel));
  if (message.subtype === "thread_broadcast" && !how.isThread) yield el("p", { class: "aside", text: "replied to a thread" });
  if (how.isFirst) yield byline(message, how);
  if (how.isEditing) yield how.editor();
  else yield* content(message, how);
  yield* hanging(message, how);
}

function* content(message, how) {
  yield said(message, how.channel);
  for (const one of message.attachments ?? []) yield attachment(one, how.channel, message.ts);
  for (const file of message.files ?? []) yield fileCard(file);
}

function* hanging(message, how) {
  if (message.reactions?.length) yield reactions(message, how.channel);
  if (message.reply_count && !how.isThread) yield threadLine(message, how);
}

const pinnedBy = (channel) => `Pinned to #${store.channels.get(channel)?.name ?? ""}`;

function onlyYou(message, how) {
  const dismiss = () => server.act("dismiss", { channel: how.channel, ts: message.ts }).catch(how.onTrouble);
  return el("p", { class: "aside" }, sign("eye"), "Only visible to you",
    el("button", { type: "button", class: "link", text: "Dismiss message", on: { click: dismiss } }));
}

function byline(message, how) {
  const person = store.people.get(message.user);
  const isApp = Boolean(message.bot_id || person?.is_bot || message.username);
  return el("p", { class: "byline" },
    el("strong", { class: "author", text: nameOf(message) }),
    isApp && el("span", { class: "badge", text: "APP" }),
    person?.is_restricted && el("span", { class: "badge", text: "GUEST" }),
    timeLink(message, how, "time"));
}

function timeLink(message, how, kind) {
  const date = dateOf(message.ts);
  const time = el("time", { datetime: date.toISOString(), text: clock(date, store.me.tz) });
  const title = full(date, store.me.tz);
  return el("a", { class: kind, href: how.link(message), title, "aria-label": title }, time);
}

/** The words: blocks when there are any, else the text. */
function said(message, channel) {
  const words = el("div", { class: "words" });
  const ctx = store.context();
  if (message.blocks?.length) words.append(blocks(message.blocks, ctx, clicksOn(channel, message.ts)));
  else words.append(mrkdwn(message.text ?? "", ctx));
  if (message.edited) words.append(edited(message));
  return words;
}

function edited(message) {
  const title = full(dateOf(message.edited.ts), store.me.tz);
  return el("span", { class: "edited", title, text: " (edited)" });
}

function attachment(one, channel, ts) {
  const ctx = store.context();
  const box = el("div", { class: "attachment" });
  if (/^#?[0-9a-f]{6}$/i.test(one.color ?? "")) box.style.borderLeftColor = `#${one.color.replace("#", "")}`;
  if (one.pretext) box.append(el("div", {}, mrkdwn(one.pretext, ctx)));
  if (one.title) box.append(el("p", { class: "attachment-title" }, titled(one)));
  if (one.text) box.append(el("div", {}, mrkdwn(one.text, ctx)));
  if (one.blocks) box.append(blocks(one.blocks, ctx, clicksOn(channel, ts)));
  for (const field of one.fields ?? []) box.append(el("p", {}, el("strong", { text: field.title }), ` ${field.value}`));
  if (one.footer) box.append(el("p", { class: "aside", text: one.footer }));
  return box;
}

function titled(one) {
  if (!/^https?:/.test(one.title_link ?? "")) return el("strong", { text: one.title });
  return el("a", { href: one.title_link, target: "_blank", rel: "noreferrer", text: one.title });
}

function fileCard(file) {
  const size = file.size ? ` · ${file.size < 1024 ? `${file.size} B` : `${Math.round(file.size / 1024)} kB`}` : "";
  const kind = (file.filetype || file.mimetype || "file").toUpperCase();
  return el("div", { class: "file-card" }, sign("file"),
    el("span", {}, el("strong", { text: file.title || file.name || "File" }), el("small", { text: `${kind}${size}` })));
}

function reactions(message, channel) {
  const row = el("div", { class: "reactions" });
  for (const one of message.reactions) row.append(reactionPill(one, message, channel));
  row.append(el("button", {
    type: "button", class: "reaction add", data: { act: "react" }, "aria-label": "Add a reaction", title: "Add a reaction",
  }, sign("smile")));
  return row;
}

function reactionPill(one, message, channel) {
  const isMine = one.users.includes(store.me.id);
  const names = one.users.map((id) => (id === store.me.id ? "you" : store.people.get(id)?.real_name ?? id));
  const title = `${names.join(", ")} reacted with :${one.name}:`;
  const click = () => react(channel, message, one.name);
  return el("button", {
    type: "button", class: "reaction", "aria-pressed": String(isMine), "aria-label": `${title}, ${one.count}`, title, on: { click },
  }, el("span", { "aria-hidden": "true", text: glyph(one.name) }), el("span", { text: String(one.count) }));
}

/** Puts my reaction on a message, or takes it away. */
export async function react(channel, message, name) {
  const mine = message.reactions?.find((one) => one.name === name)?.users.includes(store.me.id);
  await server.act(mine ? "unreact" : "react", { channel, ts: message.ts, name }).catch((problem) => {
    if (!(problem instanceof Told)) throw problem;
    store.tell("trouble", { text: problem.message });
  });
}

function threadLine(message, how) {
  const faces = message.reply_users.slice(0, 4).map((id) => face(store.people.get(id)));
  const count = `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`;
  const last = ago(dateOf(message.latest_reply), store.now());
  return el("a", { class: "thread-line", href: how.threadLink(message) }, ...faces,
    el("strong", { text: count }), el("span", { class: "last-reply", text: `Last reply ${last}` }));
}

/** A line that Slack itself wrote. */
function drawNote(message) {
  const ctx = store.context();
  const words = el("span", { class: "note-words" }, el("strong", { text: nameOf(message) }), " ");
  const inviter = store.people.get(message.inviter)?.real_name;
  if (isJoin(message)) words.append(inviter ? `was added by ${inviter}` : "joined the channel");
  // The name stands in front in any case, though Slack's text holds it only now and then.
  else words.append(mrkdwn(message.text.replace(/^<@\w+> /, ""), ctx));
  const time = clock(dateOf(message.ts), store.me.tz);
  return el("div", { class: "note", role: "listitem", tabindex: "-1", data: { ts: message.ts } },
    el("div", { class: "gutter" }, el("time", { class: "late-time shown", text: time })), words);
}

/** Several who joined one after the other, in one line. @param {object[]} messages */
export function drawJoins(messages) {
  const names = messages.map((one) => store.people.get(one.user)?.real_name ?? one.user);
  const shown = names.length > 3 ? [...names.slice(0, 2), `${names.length - 2} others`] : names;
  const list = `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
  const time = clock(dateOf(messages[0].ts), store.me.tz);
  return el("div", { class: "note", role: "listitem", tabindex: "-1", title: names.join(", "), data: { ts: messages[0].ts } },
    el("div", { class: "gutter" }, el("time", { class: "late-time shown", text: time })),
    el("span", { class: "note-words", text: `${list} joined the channel` }));
}

/** The line between two days. */
export function drawDay(ts) {
  const words = day(dateOf(ts), store.me.tz, store.now());
  return el("div", { class: "day", role: "listitem" }, el("span", { text: words }));
}
