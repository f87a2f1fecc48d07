// The pane on the right: a thread, what is pinned, or who is in the channel.

import { ask } from "./ask.js";
import { Composer, editor } from "./composer.js";
import { el, face, signButton } from "./make.js";
import { drawMessage } from "./message.js";
import { Messages } from "./messages.js";
import { hint } from "./people.js";
import * as server from "./server.js";
import { isReply, store } from "./store.js";

/** One pane with several faces. `doors`: {opened(), closed()} hear of it. */
export class Side {
  constructor(root, doors) {
    Object.assign(this, { root, doors, face: "" });
    this.title = el("h2", { id: "side-title" });
    this.note = el("span", { class: "side-note" });
    this.inside = el("div", { class: "side-inside" });
    const head = el("header", { class: "side-head" }, el("div", {}, this.title, this.note), signButton("close", "Close", () => this.close()));
    root.setAttribute("aria-labelledby", "side-title");
    root.replaceChildren(head, this.inside);
    store.subscribe((kind, data) => this._heard(kind, data));
  }

  get isOpen() {
    return !this.root.hidden;
  }

  close() {
    this.hide();
    this.doors.closed();
  }

  hide() {
    this.root.hidden = true;
    this.face = "";
    this.inside.replaceChildren();
  }

  _open(face, title, note = "") {
    this.doors.opened();
    this.root.hidden = false;
    this.face = face;
    this.title.textContent = title;
    this.note.textContent = note;
  }

  /** Shows a thread. @param {string} channel @param {string} ts of its first message */
  async showThread(channel, ts) {
    const isSame = this.face === "thread" && this.channel === channel && this.ts === ts;
    if (isSame) return;
    Object.assign(this, { channel, ts });
    this._open("thread", "Thread", `#${store.channels.get(channel)?.name ?? ""}`);
    const list = el("div", { class: "feed" });
    const below = el("div", { class: "composer" });
    this.inside.replaceChildren(list, below);
    this.messages = new Messages(list, { label: "Thread", isThread: true, editor: (message, done) => editor(message, channel, done), onEdited: () => this.composer.focus() });
    this.composer = new Composer(below, { isThread: true, place: () => ({ channel, thread: ts }), onUp: () => this.messages.editLast() });
    this.composer.show("Reply…", this._closed(channel));
    const room = await store.thread(channel, ts);
    if (this.ts !== ts || this.face !== "thread") return;
    this.messages.show(room, channel);
    this.composer.focus();
  }

  _closed(id) {
    const channel = store.channels.get(id);
    if (channel && store.isMember(channel) && !channel.is_archived) return null;
    return [el("span", { text: channel?.is_archived ? "This channel is archived." : "Join the channel to reply." })];
  }

  /** Shows what is pinned in a channel. */
  async showPins(channel) {
    this.channel = channel;
    this._open("pins", "Pinned", `#${store.channels.get(channel)?.name ?? ""}`);
    const { pins } = await server.get(`channels/${channel}/pins`);
    if (this.face !== "pins" || this.channel !== channel) return;
    const empty = el("p", { class: "empty", text: "Nothing is pinned here. Choose “Pin to channel” in a message's menu." });
    this.inside.replaceChildren(el("div", { class: "pins", role: "list" }, ...pins.map((pin) => this._pin(pin, channel))), pins.length ? "" : empty);
  }

  _pin({ message, by }, channel) {
    const link = (one) => `#/${store.me.name}/${channel}/${isReply(one) ? `thread/${one.thread_ts}` : `at/${one.ts}`}`;
    const row = drawMessage({ ...message, pinned_to: null, reactions: null, reply_count: 0 }, { channel, isFirst: true, isThread: true, link });
    row.append(el("p", { class: "pin-by" }, el("span", { text: `Pinned by ${store.people.get(by)?.real_name ?? by}` }), el("a", { href: link(message), text: "Show in the channel" })));
    return row;
  }

  /** Shows who is in a channel. */
  showMembers(id) {
    const channel = store.channels.get(id);
    this.channel = id;
    this._open("members", "Members", `#${channel.name}`);
    const people = channel.members.map((one) => store.people.get(one)).filter(Boolean);
    const rows = people.map((person) => this._member(person, channel));
    const invite = el("button", { type: "button", class: "plain", text: "Invite somebody", on: { click: () => this._invite(id) } });
    const may = store.isMember(channel) && !channel.is_archived;
    this.inside.replaceChildren(el("ul", { class: "members" }, ...rows), may ? el("p", { class: "side-foot" }, invite) : "");
  }

  _member(person, channel) {
    const remove = () => server.act("kick", { who: person.id, channel: channel.id }).catch(this._trouble);
    const may = store.isMember(channel) && !channel.is_general && person.id !== store.me.id && !channel.is_archived;
    return el("li", {}, face(person), el("span", { class: "member" }, el("strong", { text: person.real_name }), el("small", { text: person.is_bot ? "app" : hint(person) })),
      may && el("button", { type: "button", class: "link", text: "Remove", "aria-label": `Remove ${person.real_name}`, on: { click: remove } }));
  }

  _invite(channel) {
    ask({
      title: "Invite somebody", label: "Name", action: "Invite", hint: "A first name or a handle, for example ben.",
      run: (who) => server.act("invite", { who: who.replace(/^@/, ""), channel }),
    });
  }

  _trouble(problem) {
    store.tell("trouble", { text: problem.message });
  }

  _heard(kind, data) {
    if (this.face === "thread" && ["message", "changed", "deleted", "loaded"].includes(kind)) this._threadHeard(kind, data);
    if (kind !== "channel" || data.channel.id !== this.channel) return;
    if (this.face === "pins") this.showPins(this.channel);
    if (this.face === "members") this.showMembers(this.channel);
  }

  _threadHeard(kind, data) {
    if (data.channel !== this.channel || !this.messages.room) return;
    if (kind === "message" && data.message.thread_ts === this.ts) this.messages.came(data.message);
    else this.messages.refresh();
  }
}

