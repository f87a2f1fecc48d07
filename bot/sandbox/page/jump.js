// The quick jump: a few letters, and one is in another channel or writes to somebody.

import { el, face, sign } from "./make.js";
import * as server from "./server.js";
import { store } from "./store.js";

const MOST = 12;

/** Opens the jump. @param {string} [letters] "@" shows people first, "#" channels */
export function jump(letters = "") {
  if (document.querySelector("dialog.jump")) return;
  const input = el("input", {
    type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "jump-list", "aria-autocomplete": "list",
    "aria-label": "Jump to a channel or a person", placeholder: "Channel or person", autocomplete: "off", spellcheck: "false",
  });
  const list = el("ul", { id: "jump-list", role: "listbox", "aria-label": "Channels and people" });
  const dialog = el("dialog", { class: "jump", "aria-label": "Jump to" }, input, list);
  const state = { active: 0, items: [] };
  const draw = () => fill(input, list, state, dialog);
  input.value = letters;
  input.addEventListener("input", () => {
    state.active = 0;
    draw();
  });
  input.addEventListener("keydown", (event) => moved(event, state, draw, dialog));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  draw();
}

function fill(input, list, state, dialog) {
  state.items = fitting(input.value);
  list.replaceChildren(...state.items.map((item, at) => option(item, at, at === state.active, dialog)));
  if (!state.items.length) list.append(el("li", { class: "nothing", role: "option", "aria-disabled": "true", text: "Nothing here is called that." }));
  const active = list.children[state.active];
  input.setAttribute("aria-activedescendant", active?.id ?? "");
  active?.scrollIntoView({ block: "nearest" });
}

function option(item, at, isActive, dialog) {
  const click = () => take(item, dialog);
  return el("li", { role: "option", id: `jump-${at}`, "aria-selected": String(isActive), on: { click } },
    item.mark, el("strong", { text: item.label }), item.note && el("span", { class: "option-note", text: item.note }));
}

function moved(event, state, draw, dialog) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Enter" && state.items.length) {
    event.preventDefault();
    take(state.items[state.active], dialog);
  } else if (step && state.items.length) {
    event.preventDefault();
    state.active = (state.active + step + state.items.length) % state.items.length;
    draw();
  }
}

function take(item, dialog) {
  dialog.close();
  item.run().catch((problem) => store.tell("trouble", { text: problem.message }));
}

function fitting(letters) {
  const kind = /^[@#]/.exec(letters)?.[0];
  const wanted = letters.replace(/^[@#]/, "").trim().toLowerCase();
  const all = [...(kind === "@" ? [] : rooms()), ...(kind === "#" ? [] : persons()), ...(kind ? [] : [homeItem()])];
  return all
    .map((item) => ({ ...item, score: item.rank + score(item.label.toLowerCase(), wanted) }))
    .filter((item) => item.score >= 0 && (!wanted || score(item.label.toLowerCase(), wanted) >= 0))
    .sort((a, b) => b.score - a.score || a.label.localeCompare(b.label, "en", { numeric: true }))
    .slice(0, MOST);
}

/** How well a name fits: its beginning best, then a word's, then anywhere; -1000 not at all. */
function score(name, wanted) {
  if (!wanted) return 0;
  if (name.startsWith(wanted)) return 300;
  if (name.split(/[\s-]/).some((word) => word.startsWith(wanted))) return 200;
  return name.includes(wanted) ? 100 : -1000;
}

function rooms() {
  return [...store.channels.values()].filter((one) => !one.is_im).map((one) => ({
    label: one.name, mark: sign(one.is_private ? "lock" : "hash"), rank: rank(one),
    note: one.is_archived ? "archived" : store.isMember(one) ? one.topic : "not joined",
    run: async () => store.goTo(one.id),
  }));
}

/** Unread first, then my own, then others; archived ones last. */
function rank(channel) {
  if (channel.is_archived || channel.id === store.here.channel) return 1;
  return (store.isUnread(channel) ? 40 : 0) + (store.isMember(channel) ? 20 : 10);
}

function persons() {
  const others = [...store.people.values()].filter((one) => one.id !== store.me.id && one.id !== "USLACKBOT" && !one.deleted);
  return others.map((one) => ({
    label: one.real_name, mark: face(one), note: `@${one.name}`, rank: 5,
    run: async () => store.goTo((await server.act("talk", { to: one.id })).channel),
  }));
}

const homeItem = () => ({
  label: `${store.bot.name} home`, mark: sign("home"), note: "", rank: 4, run: async () => void (location.hash = `#/${store.me.name}/home`),
});
