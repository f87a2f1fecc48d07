// The actions that appear beside a message, and the menus and the picker that they open.

import { el, signButton } from "./make.js";
import { found, glyph, QUICK } from "./glyphs.js";
import { closeMenu, openMenu, show } from "./menu.js";
import { isNote, react } from "./message.js";
import * as server from "./server.js";
import { store } from "./store.js";

/** One bar for a whole list: it goes to the message that the pointer or the focus is on.
 * `find(ts)` returns the message, `how` is {channel, edit(ts), openThread(message), link(message), isThread}. */
export class Toolbar {
  constructor(list, find, how) {
    Object.assign(this, { list, find, how });
    this.bar = el("div", { class: "toolbar", role: "toolbar", "aria-label": "Actions on this message" });
    for (const kind of ["pointerover", "focusin", "pointerdown"]) list.addEventListener(kind, (event) => this.meet(event.target));
    list.addEventListener("pointerleave", () => this.leave());
    list.addEventListener("click", (event) => this._clicked(event));
  }

  /** Goes to the row of an element. */
  meet(target) {
    const row = target.closest?.("[data-ts]");
    if (!row || row === this.bar.parentElement || this.bar.contains(target)) return;
    const message = this.find(row.dataset.ts);
    if (!message || isNote(message) || row.querySelector(".editor")) return this.bar.remove();
    this.message = message;
    this.bar.replaceChildren(...this._buttons(message));
    row.append(this.bar);
  }

  /** Stays on its message, with the focus in it, while `draw` makes the list anew; `node(ts)` finds a row. */
  keep(draw, node) {
    const isShown = this.bar.isConnected;
    const focused = [...this.bar.children].indexOf(document.activeElement);
    draw();
    const row = isShown && !this.bar.isConnected && node(this.message.ts);
    if (!row) return;
    this.meet(row);
    this.bar.children[focused]?.focus({ preventScroll: true });
  }

  leave() {
    if (!this.bar.contains(document.activeElement) && !this.bar.querySelector("[aria-expanded=true]")) this.bar.remove();
  }

  _clicked(event) {
    const button = event.target.closest("[data-act=react]");
    if (button) this._pick(button, this.find(button.closest("[data-ts]").dataset.ts));
  }

  *_buttons(message) {
    const { how } = this;
    const canWrite = this._canWrite() && !message.ephemeral_to;
    if (canWrite) yield* QUICK.map((name) => this._quick(message, name));
    if (canWrite) yield signButton("smile", "Add a reaction", (event) => this._pick(event.currentTarget, message), { "aria-haspopup": "dialog" });
    if (canWrite && !how.isThread) yield signButton("thread", "Reply in thread", () => how.openThread(message));
    yield signButton("more", "More actions", (event) => this._more(event.currentTarget, message), { "aria-haspopup": "menu" });
  }

  _canWrite() {
    const channel = store.channels.get(this.how.channel());
    return channel && store.isMember(channel) && !channel.is_archived;
  }

  _quick(message, name) {
    const label = `React with ${name.replaceAll("_", " ")}`;
    const click = () => react(this.how.channel(), message, name);
    return el("button", { type: "button", class: "sign-button glyph", "aria-label": label, title: label, text: glyph(name), on: { click } });
  }

  _pick(opener, message) {
    openPicker(opener, (name) => react(this.how.channel(), message, name));
  }

  _more(opener, message) {
    const items = [...this._shortcuts(message), { line: true }, ...this._own(message), ...this._deeds(message)];
    openMenu(opener, items.filter(Boolean), "More actions on this message");
  }

  /** What the app offers on any message. */
  _shortcuts(message) {
    if (message.ephemeral_to) return [];
    const shortcuts = store.shortcuts.filter((one) => one.type === "message_action");
    const run = (one) => () => this._act("shortcut", { callback_id: one.callback_id, channel: this.how.channel(), ts: message.ts });
    return [{ heading: store.bot.name }, ...shortcuts.map((one) => ({ label: one.name, note: one.description, run: run(one) }))];
  }

  _deeds(message) {
    const what = { channel: this.how.channel(), ts: message.ts };
    if (message.ephemeral_to) return [{ label: "Dismiss message", run: () => this._act("dismiss", what) }];
    const isPinned = Boolean(message.pinned_to?.length);
    return [
      this._canWrite() && { label: isPinned ? "Unpin from channel" : "Pin to channel", run: () => this._act(isPinned ? "unpin" : "pin", what) },
      { label: "Copy link", run: () => navigator.clipboard.writeText(new URL(this.how.link(message), location.href).href) },
      { label: "Mark unread from here", run: () => this.how.markUnread(message) },
    ];
  }

  _own(message) {
    const isMine = message.user === store.me.id && !message.ephemeral_to;
    const what = { channel: this.how.channel(), ts: message.ts };
    return [
      isMine && { label: "Edit message", run: () => this.how.edit(message.ts) },
      (isMine || (store.me.is_admin && !message.ephemeral_to)) && {
        label: "Delete message", isDanger: true, run: () => this._delete(what),
      },
    ];
  }

  _delete(what) {
    if (confirm("Delete this message? This cannot be undone.")) this._act("delete", what);
  }

  async _act(verb, what) {
    try {
      const answer = await server.act(verb, what);
      if (answer.error) store.tell("trouble", { text: `${store.bot.name} did not answer as Slack expects: ${answer.error}.` });
    } catch (problem) {
      store.tell("trouble", { text: problem.message });
    }
  }
}

/** Opens a box with emoji to choose from. @param {HTMLElement} opener @param {(name: string) => void} chosen */
export function openPicker(opener, chosen) {
  const grid = el("div", { class: "picker-grid" });
  const input = el("input", { type: "search", placeholder: "Search emoji", "aria-label": "Search emoji" });
  const box = el("div", { class: "menu picker", role: "dialog", "aria-label": "Choose an emoji" }, input, grid);
  const choose = (name) => {
    closeMenu(true);
    chosen(name);
  };
  const fill = () => grid.replaceChildren(...found(input.value).map((name) => pick(name, choose)));
  input.addEventListener("input", fill);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") grid.querySelector("button")?.click();
  });
  fill();
  show(opener, box);
  input.focus({ preventScroll: true });
}

function pick(name, choose) {
  const title = `:${name}:`;
  return el("button", { type: "button", title, "aria-label": name.replaceAll("_", " "), text: glyph(name), on: { click: () => choose(name) } });
}

