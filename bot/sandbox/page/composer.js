// Where people write: messages and commands, with completion; also the editor of a message.

import { suggest } from "./complete.js";
import { openPicker } from "./toolbar.js";
import { el, face, sign, signButton } from "./make.js";
import { openMenu } from "./menu.js";
import * as server from "./server.js";
import { store } from "./store.js";

const PATIENCE = 600; // milliseconds after which a command that runs is mentioned
let counted = 0;

/** A field in which completion works. `options`: {label, isThread, onSend(text), onUp(), onEscape()} */
export class Field {
  constructor(options) {
    this.options = options;
    this.id = `field-${(counted += 1)}`;
    this.area = el("textarea", {
      id: this.id, rows: "1", "aria-label": options.label, "aria-autocomplete": "list", "aria-controls": `${this.id}-list`,
      spellcheck: "true", autocomplete: "off", enterkeyhint: "send",
    });
    this.list = el("ul", { id: `${this.id}-list`, class: "completion", role: "listbox", tabindex: "0", "aria-label": "Suggestions", hidden: true });
    this.list.addEventListener("pointerdown", (event) => this._chosen(event));
    this.area.addEventListener("input", () => this._typed());
    this.area.addEventListener("keydown", (event) => this._key(event));
    this.area.addEventListener("blur", () => this._offer(null));
  }

  get text() {
    return this.area.value;
  }

  set text(words) {
    this.area.value = words;
    this._grow();
    this.options.onInput?.(words);
  }

  /** Writes as if typed, at the caret. */
  insert(words) {
    this.area.focus();
    this.area.setRangeText(words, this.area.selectionStart, this.area.selectionEnd, "end");
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  _grow() {
    this.area.style.height = "auto";
    this.area.style.height = `${Math.min(this.area.scrollHeight, innerHeight * 0.4)}px`;
  }

  async _typed() {
    this._grow();
    this.options.onInput?.(this.text);
    const before = this.text.slice(0, this.area.selectionStart);
    const offer = await suggest(before, this.options.isThread);
    if (before === this.text.slice(0, this.area.selectionStart)) this._offer(offer);
  }

  _offer(offer) {
    this.offer = offer;
    this.active = offer && !offer.isLazy ? 0 : -1;
    this.list.hidden = !offer;
    this.list.replaceChildren(...(offer?.items ?? []).map((item, at) => this._option(item, at)));
    this._mark();
  }

  _option(item, at) {
    const left = item.person ? face(item.person) : item.mark && el("span", { class: "option-mark", text: item.mark });
    return el("li", { role: "option", id: `${this.id}-${at}`, data: { at }, "aria-selected": "false" }, left,
      el("strong", { text: item.label }), item.note && el("span", { class: "option-note", text: item.note }),
      item.about && el("span", { class: "option-about", text: item.about }));
  }

  _mark() {
    [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === this.active)));
    const active = this.list.children[this.active];
    if (active) this.area.setAttribute("aria-activedescendant", active.id);
    else this.area.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  }

  _chosen(event) {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) this._take(Number(option.dataset.at));
  }

  _take(at) {
    const { typed, items } = this.offer;
    const end = this.area.selectionStart;
    this.area.setRangeText(`${items[at].insert} `, end - typed.length, end, "end");
    this._offer(null);
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  _key(event) {
    if (event.isComposing) return;
    if (this.offer && this._keyInList(event)) return;
    if (event.key === "Enter" && !event.shiftKey) this._stop(event, () => this.send());
    else if (event.key === "Escape" && this.options.onEscape) this._stop(event, this.options.onEscape);
    else if (event.key === "ArrowUp" && !this.text) this._stop(event, () => this.options.onUp?.());
  }

  _stop(event, then) {
    event.preventDefault();
    event.stopPropagation();
    then();
  }

  /** Arrows, Tab, Enter and Escape in the list; returns whether the key was for it. */
  _keyInList(event) {
    const { items, typed } = this.offer;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.active = (Math.max(this.active, step > 0 ? -1 : 0) + step + items.length) % items.length;
      this._stop(event, () => this._mark());
      return true;
    }
    const isWhole = items[this.active]?.insert === typed;
    if (event.key === "Escape") this._stop(event, () => this._offer(null));
    else if (event.key === "Tab" && !event.shiftKey) this._stop(event, () => this._take(Math.max(0, this.active)));
    else if (event.key === "Enter" && !event.shiftKey && this.active >= 0 && !isWhole) this._stop(event, () => this._take(this.active));
    else return false;
    return true;
  }

  send() {
    const text = this.text.trim();
    this._offer(null);
    if (text) this.options.onSend(text);
  }
}

/** The composer below a channel or a thread. `options`: {isThread, place(): {channel, thread}, onUp(), onSent()} */
export class Composer {
  constructor(root, options) {
    Object.assign(this, { root, options });
    this.field = new Field({
      label: options.isThread ? "Reply" : "Message", isThread: options.isThread,
      onSend: (text) => this._send(text), onUp: options.onUp, onInput: (text) => this._keep(text),
    });
    this.trouble = el("p", { class: "trouble", role: "alert" });
    this.waiting = el("p", { class: "waiting", role: "status" });
    this.box = el("div", { class: "composer-box" }, this.field.list, this.field.area, this._bar());
    this.closed = el("div", { class: "composer-closed", hidden: true });
    root.replaceChildren(this.trouble, this.box, this.closed, this.waiting);
  }

  _bar() {
    const { isThread } = this.options;
    const type = (letters) => () => this.field.insert(/(^|\s)$/.test(this.field.text) ? letters : ` ${letters}`);
    const send = el("button", { type: "button", class: "send", "aria-label": "Send", title: "Send (Enter)", on: { click: () => this.field.send() } }, sign("send"));
    return el("div", { class: "composer-bar" },
      !isThread && signButton("bolt", "Shortcuts", (event) => this._shortcuts(event.currentTarget), { "aria-haspopup": "menu" }),
      !isThread && el("button", { type: "button", class: "sign-button slash", "aria-label": "Commands", title: "Commands", text: "/", on: { click: () => this._slash() } }),
      el("button", { type: "button", class: "sign-button slash", "aria-label": "Mention somebody", title: "Mention somebody", text: "@", on: { click: type("@") } }),
      signButton("smile", "Emoji", (event) => openPicker(event.currentTarget, (name) => this.field.insert(`:${name}: `)), { "aria-haspopup": "dialog" }),
      el("span", { class: "composer-hint", text: "Shift+Enter for a new line" }), send);
  }

  _slash() {
    this.field.text = `${store.commands[0]?.command ?? "/"} `;
    this.field.insert("");
  }

  _shortcuts(opener) {
    const run = (one) => () => this._do("shortcut", { callback_id: one.callback_id });
    const items = store.shortcuts.filter((one) => one.type === "shortcut");
    openMenu(opener, [{ heading: store.bot.name }, ...items.map((one) => ({ label: one.name, note: one.description, run: run(one) }))], "Shortcuts");
  }

  async _do(verb, what) {
    try {
      const answer = await server.act(verb, what);
      if (answer.error) this._say(`${store.bot.name} could not be reached: ${answer.error}.`);
    } catch (problem) {
      this._say(problem.message);
    }
  }

  /** Shows another place: its draft, and whether one may write there. */
  show(placeholder, closed = null) {
    this._say("");
    this.field.area.placeholder = placeholder;
    this.field.area.setAttribute("aria-label", placeholder);
    this.field.text = sessionStorage.getItem(this._key()) ?? "";
    this.box.hidden = Boolean(closed);
    this.closed.hidden = !closed;
    this.closed.replaceChildren(...(closed ?? []));
  }

  /** Puts words in, for somebody else to send. @param {string} text */
  put(text) {
    this.field.text = text;
    this.field.area.focus();
  }

  focus() {
    if (!this.box.hidden) this.field.area.focus();
  }

  _key() {
    const { channel, thread } = this.options.place();
    return `closeout.draft.${store.me.id}.${channel}.${thread ?? ""}`;
  }

  _keep(text) {
    if (text) this._say("");
    if (text) sessionStorage.setItem(this._key(), text);
    else sessionStorage.removeItem(this._key());
  }

  _say(words) {
    this.trouble.textContent = words;
  }

  async _send(text) {
    const { channel, thread } = this.options.place();
    const isCommand = /^\/[a-z]/i.test(text);
    if (isCommand && thread) return this._say(`${text.split(/\s/)[0]} is not supported in threads. Use it in the channel.`);
    this._say("");
    this.field.text = "";
    this.options.onSent?.();
    const slow = isCommand && setTimeout(() => (this.waiting.textContent = `Waiting for ${store.bot.name}…`), PATIENCE);
    try {
      await server.act(isCommand ? "command" : "message", { channel, text, thread_ts: thread || undefined });
    } catch (problem) {
      this._failed(channel, thread, text, problem);
    } finally {
      clearTimeout(slow);
      this.waiting.textContent = "";
    }
    return undefined;
  }

  /** What could not be sent is back in the field, unless somebody has begun to write or gone elsewhere. */
  _failed(channel, thread, text, problem) {
    const now = this.options.place();
    if (now.channel === channel && now.thread === thread && !this.field.text) this.field.text = text;
    // After the field: a field that is written in has no trouble any more.
    this._say(problem.message);
  }
}

/** The field in the place of a message that is edited. @param {object} message @param {string} channel @param {() => void} done */
export function editor(message, channel, done) {
  const trouble = el("p", { class: "trouble", role: "alert" });
  const save = (text) =>
    server.act("edit", { channel, ts: message.ts, text }).then(done, (problem) => (trouble.textContent = problem.message));
  const field = new Field({ label: "Edit message", isThread: true, onSend: save, onEscape: done });
  queueMicrotask(() => {
    field.text = typedFrom(message.text);
    field.area.setSelectionRange(field.text.length, field.text.length);
  });
  return el("div", { class: "editor" }, field.list, field.area, trouble,
    el("p", { class: "dialog-buttons" },
      el("button", { type: "button", class: "plain", text: "Cancel", on: { click: done } }),
      el("button", { type: "button", class: "primary", text: "Save", on: { click: () => field.send() } })));
}

/** What somebody would have to type to get this text. */
function typedFrom(text) {
  return text
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (whole, id) => (store.people.has(id) ? `@${store.people.get(id).name}` : whole))
    .replace(/<#(\w+)(?:\|[^>]*)?>/g, (whole, id) => (store.channels.has(id) ? `#${store.channels.get(id).name}` : whole))
    .replace(/<!subteam\^\w+\|([^>]*)>/g, "$1").replace(/<!here>/g, "@here")
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
