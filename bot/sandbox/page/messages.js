// The messages of a channel, or of a thread: rows, days, what is new, editing in place.

import { el } from "./make.js";
import { plain } from "./draw.js";
import { drawDay, drawJoins, drawMessage, isJoin, isNote, nameOf } from "./message.js";
import * as server from "./server.js";
import { isReply, store } from "./store.js";
import { dateOf, dayKey } from "./time.js";
import { Toolbar } from "./toolbar.js";
import { VirtualList } from "./virtual.js";

const TOGETHER = 300; // seconds within which messages of one author stand under one name

/** A list of messages. `options` is {label, isThread, editor(message, done)}; `show` says of what. */
export class Messages {
  constructor(root, options) {
    this.options = options;
    this.list = el("div", { class: "rows", role: "list", "aria-label": options.label });
    this.scroller = el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": options.label }, this.list);
    this.news = el("button", { type: "button", class: "news", hidden: true, text: "New messages", on: { click: () => this.toEnd() } });
    this.log = el("div", { class: "unseen", role: "log", "aria-label": "New messages", "aria-live": "polite" });
    root.replaceChildren(this.scroller, this.news, this.log);
    this.virtual = new VirtualList(this.scroller, this.list, {
      draw: (row) => this._draw(row), same, guess: options.isThread ? 60 : 48,
      onNearTop: () => this._older(), onMove: (isAtEnd) => this._moved(isAtEnd),
    });
    this.toolbar = new Toolbar(this.list, (ts) => this.room?.byTs.get(ts), this._how());
    this.scroller.addEventListener("keydown", (event) => this._key(event));
  }

  _how() {
    return {
      channel: () => this.channel,
      edit: (ts) => this.edit(ts),
      openThread: (message) => (location.hash = this._threadLink(message)),
      link: (message) => this._link(message),
      markUnread: (message) => this._markUnread(message),
      isThread: this.options.isThread,
    };
  }

  /** Shows a room. @param {object} room @param {string} channel @param {string} [seen] the ts of the last that was read */
  show(room, channel, seen = "") {
    Object.assign(this, { room, channel, seen, editing: "" });
    this.news.hidden = true;
    this.list.setAttribute("aria-label", this._label());
    this.scroller.setAttribute("aria-label", this._label());
    this.virtual.set(this._rows(), { isNew: true });
  }

  _label() {
    const channel = store.channels.get(this.channel);
    return this.options.isThread ? "Thread" : `Messages in ${channel?.is_im ? "this conversation" : channel?.name}`;
  }

  /** Draws what changed. */
  refresh() {
    if (!this.room) return;
    this.toolbar.keep(() => this.virtual.set(this._rows()), (ts) => this.virtual.node(ts));
  }

  /** A message came in while the room is shown. */
  came(message) {
    this.refresh();
    const isMine = message.user === store.me.id;
    if (isMine) this.virtual.toEnd();
    else if (!this.virtual.isAtEnd) this.news.hidden = false;
    if (!isMine) this._say(message);
  }

  _say(message) {
    const words = `${nameOf(message)}: ${plain(message.text ?? "", store.context())}`;
    this.log.append(el("p", { text: words }));
    while (this.log.childElementCount > 5) this.log.firstChild.remove();
  }

  toEnd() {
    this.virtual.toEnd();
    this.news.hidden = true;
  }

  /** Brings a message into sight and marks it for a moment. @param {string} ts */
  async reveal(ts) {
    while (this.room && !this.room.byTs.has(ts) && this.room.hasMore) await this._older();
    this.refresh();
    const node = this.virtual.scrollTo(ts);
    node?.classList.add("revealed");
    node?.focus({ preventScroll: true });
  }

  async _older() {
    const { room } = this;
    if (!room?.hasMore || room.loading || !room.isLoaded || this.options.isThread) return;
    await store.older(room.id);
  }

  _moved(isAtEnd) {
    if (isAtEnd) this.news.hidden = true;
    this.options.onMove?.(isAtEnd);
  }

  _rows() {
    const rows = this.options.isThread ? [] : [this._intro()].filter(Boolean);
    let before = null;
    for (const message of this.room.messages) before = this._add(rows, message, before);
    return rows;
  }

  _intro() {
    return this.room.isLoaded && !this.room.hasMore ? { key: "intro", kind: "intro", floats: true, channel: store.channels.get(this.channel) } : null;
  }

  /** Puts a message's row behind the others, with what stands before it; returns it as the next one's before. */
  _add(rows, message, before) {
    const zone = store.me.tz;
    if (!this.options.isThread && (!before || dayKey(dateOf(before.ts), zone) !== dayKey(dateOf(message.ts), zone))) {
      rows.push({ key: `day-${dayKey(dateOf(message.ts), zone)}`, kind: "day", ts: message.ts, floats: true });
      before = null;
    }
    if (this._isFirstNew(rows, message)) rows.push({ key: "new", kind: "new", floats: true });
    if (this._joined(rows, message, before)) return message;
    const isFirst = !before || rows.at(-1).kind === "new" || !belongs(before, message);
    const isEditing = this.editing === message.ts;
    rows.push({ key: message.ts, kind: "message", message, isFirst, isEditing, channel: this.channel });
    if (this.options.isThread && message.ts === this.room.messages[0].ts && this.room.messages.length > 1) {
      rows.push({ key: "count", kind: "count", count: this.room.messages.length - 1 });
      return null;
    }
    return message;
  }

  _isFirstNew(rows, message) {
    if (!this.seen || rows.isMarked || message.ts <= this.seen) return false;
    rows.isMarked = message.user !== store.me.id && !message.ephemeral_to;
    return rows.isMarked;
  }

  /** People who join one after the other share a line. */
  _joined(rows, message, before) {
    const last = rows.at(-1);
    if (!before || !isJoin(message) || !isJoin(before) || !["message", "joins"].includes(last.kind)) return false;
    const all = [...(last.kind === "joins" ? last.messages : [last.message]), message];
    rows[rows.length - 1] = { key: last.key, kind: "joins", messages: all };
    return true;
  }

  _draw(row) {
    if (row.kind === "day") return drawDay(row.ts);
    if (row.kind === "new") return el("div", { class: "new-mark", role: "listitem" }, el("span", { text: "New" }));
    if (row.kind === "joins") return drawJoins(row.messages);
    if (row.kind === "intro") return drawIntro(row.channel);
    if (row.kind === "count") return drawCount(row.count);
    return drawMessage(row.message, this._drawing(row));
  }

  _drawing(row) {
    return {
      ...row, isThread: this.options.isThread,
      link: (message) => this._link(message),
      threadLink: (message) => this._threadLink(message),
      editor: () => this.options.editor(row.message, () => this.edit("")),
      onTrouble: (problem) => store.tell("trouble", { text: problem.message }),
    };
  }

  _link(message) {
    const base = `#/${store.me.name}/${this.channel}`;
    return isReply(message) ? `${base}/thread/${message.thread_ts}` : `${base}/at/${message.ts}`;
  }

  _threadLink(message) {
    return `#/${store.me.name}/${this.channel}/thread/${message.thread_ts || message.ts}`;
  }

  /** Opens the editor in the place of a message; no ts closes it. */
  edit(ts) {
    const was = this.editing;
    this.editing = ts;
    this.refresh();
    const node = this.virtual.node(ts || was);
    if (!ts) return this.options.onEdited?.();
    node?.querySelector("textarea")?.focus();
    return requestAnimationFrame(() => node?.scrollIntoView({ block: "nearest" }));
  }

  /** Edits the last message that I wrote; returns whether there was one. */
  editLast() {
    const mine = this.room?.messages.findLast((one) => one.user === store.me.id && !isNote(one) && !one.ephemeral_to);
    if (!mine) return false;
    this.virtual.scrollTo(mine.ts);
    this.edit(mine.ts);
    return true;
  }

  _markUnread(message) {
    const at = this.room.messages.indexOf(message);
    this.seen = this.room.messages[at - 1]?.ts ?? "0";
    store.markUnread(this.channel, this.seen);
    this.refresh();
  }

  /** Arrows go from message to message. */
  _key(event) {
    if (event.target !== this.scroller && !event.target.matches("[role=listitem]")) return;
    const rows = [...this.list.querySelectorAll("[role=listitem][tabindex]")];
    const at = rows.indexOf(event.target);
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    const last = event.key === "ArrowUp" ? rows.length : -1;
    const next = rows[(at < 0 ? last : at) + (event.key === "ArrowUp" ? -1 : 1)];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  }
}

function belongs(before, message) {
  if (isNote(before) || isNote(message) || before.ephemeral_to !== message.ephemeral_to) return false;
  const isSame = before.user === message.user && before.username === message.username;
  return isSame && message.ts - before.ts < TOGETHER && message.subtype !== "thread_broadcast";
}

/** Whether what was drawn for a row still shows it. */
function same(a, b) {
  if (a.kind !== b.kind) return false;
  // What somebody is typing stays, whatever happens to the message meanwhile.
  if (a.isEditing && b.isEditing) return true;
  if (a.kind === "message") return a.message === b.message && a.isFirst === b.isFirst && a.isEditing === b.isEditing;
  if (a.kind === "joins") return a.messages.length === b.messages.length;
  if (a.kind === "count") return a.count === b.count;
  return a.kind !== "intro" || a.channel === b.channel;
}

function drawCount(count) {
  return el("div", { class: "reply-count", role: "listitem" }, el("span", { text: `${count} ${count === 1 ? "reply" : "replies"}` }));
}

function drawIntro(channel) {
  const box = el("div", { class: "intro", role: "listitem" });
  if (channel?.is_im) {
    const other = store.people.get(store.otherIn(channel));
    box.append(el("h2", { text: other?.real_name ?? "" }), el("p", { text: `This is the start of your conversation with ${other?.real_name ?? "them"}. Nobody else sees it.` }));
    return box;
  }
  const about = channel?.purpose ? channel.purpose : `This is the start of the ${channel?.is_private ? "private " : ""}channel.`;
  box.append(el("h2", { text: `#${channel?.name ?? ""}` }), el("p", { text: about }));
  return box;
}
