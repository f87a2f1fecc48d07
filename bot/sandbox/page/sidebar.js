// The list on the left: home, channels, direct messages; what is unread stands out.

import { ask } from "./ask.js";
import { el, face, sign, signButton, soon } from "./make.js";
import { openMenu } from "./menu.js";
import * as server from "./server.js";
import { store } from "./store.js";

const DRAWN = new Set(["message", "channel", "gone", "read", "here", "person", "bot", "start"]);

/** Draws the sidebar and keeps it so. `doors`: {jump()} opens the quick jump.
 * @param {HTMLElement} root @param {object} doors */
export function sidebar(root, doors) {
  const later = soon(() => draw(root, doors));
  store.subscribe((kind) => DRAWN.has(kind) && later());
  draw(root, doors);
}

function draw(root, doors) {
  const held = root.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const top = root.scrollTop;
  root.replaceChildren(head(doors), home(), channels(doors), conversations(doors));
  root.scrollTop = top;
  if (held) root.querySelector(`a[href="${CSS.escape(held)}"]`)?.focus();
}

function head(doors) {
  return el("div", { class: "sidebar-head" },
    el("strong", { class: "company", text: "Practice company" }),
    el("button", { type: "button", class: "jump-button", on: { click: doors.jump }, title: "Jump to a channel (Ctrl+K)" },
      sign("search"), el("span", { text: "Jump to…" }), el("kbd", { text: "Ctrl K" })));
}

function home() {
  const state = store.bot.is_connected ? "" : "not connected";
  return el("ul", { class: "places" }, place({
    href: `#/${store.me.name}/home`, mark: face(store.people.get(store.bot.user_id)), label: `${store.bot.name} home`,
    isHere: store.here.isHome, note: state,
  }));
}

function channels(doors) {
  const mine = [...store.channels.values()].filter((one) => !one.is_im && store.isMember(one) && isShown(one));
  mine.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  const here = store.channels.get(store.here.channel);
  if (here && !here.is_im && !mine.includes(here) && !store.here.isHome) mine.push(here);
  return section("Channels", signButton("plus", "Add a channel", (event) => add(event.currentTarget, doors), { "aria-haspopup": "menu" }), mine.map(channelPlace));
}

const isShown = (channel) => !channel.is_archived || channel.id === store.here.channel;

function channelPlace(channel) {
  return place({
    href: `#/${store.me.name}/${channel.id}`, mark: sign(channel.is_private ? "lock" : "hash"), label: channel.name,
    isHere: isHere(channel), isUnread: store.isUnread(channel), count: store.mentions[channel.id],
    note: channel.is_archived ? "archived" : "",
  });
}

const isHere = (channel) => !store.here.isHome && store.here.channel === channel.id;

function conversations(doors) {
  const mine = [...store.channels.values()].filter((one) => one.is_im && (one.last_ts || isHere(one) || store.otherIn(one) === store.bot.user_id));
  const names = new Map(mine.map((one) => [one, store.people.get(store.otherIn(one))]));
  mine.sort((a, b) => (b.last_ts || "").localeCompare(a.last_ts || ""));
  const places = mine.map((one) => place({
    href: `#/${store.me.name}/${one.id}`, mark: face(names.get(one)), label: names.get(one)?.real_name ?? "?", isHere: isHere(one),
    isUnread: store.isUnread(one), count: store.mentions[one.id],
  }));
  return section("Direct messages", signButton("plus", "Write to somebody", () => doors.jump("@")), places);
}

function section(title, button, places) {
  const id = `section-${title.toLowerCase().replaceAll(" ", "-")}`;
  return el("section", { "aria-labelledby": id },
    el("div", { class: "section-head" }, el("h2", { id, text: title }), button),
    el("ul", { class: "places" }, ...places));
}

function place(of) {
  const count = of.isUnread && of.count ? el("span", { class: "count", "aria-label": `${of.count} for you`, text: String(of.count) }) : null;
  const state = of.isUnread ? el("span", { class: "unseen", text: ", unread" }) : null;
  const link = el("a", { href: of.href, class: of.isUnread ? "unread" : "", "aria-current": of.isHere ? "page" : null },
    of.mark, el("span", { class: "place-label" }, of.label, state), of.note && el("small", { text: of.note }), count);
  return el("li", {}, link);
}

function add(opener, doors) {
  openMenu(opener, [
    { label: "Create a channel", run: create },
    { label: "Browse channels", run: () => doors.jump("#") },
  ], "Add a channel");
}

function create() {
  ask({
    title: "Create a channel", label: "Name", action: "Create", hint: "Lower case letters, numbers and dashes.",
    check: "Private: only those who are invited see it",
    run: async (name, isPrivate) => {
      const made = await server.act("create", { name: name.replace(/^#/, ""), is_private: isPrivate });
      store.goTo(made.channel);
    },
  });
}
