// The head of a channel: its name and menu, topic, members, pins and bookmarks.

import { ask } from "./ask.js";
import { el, face, sign, signButton } from "./make.js";
import { mrkdwn } from "./draw.js";
import { glyph } from "./glyphs.js";
import { openMenu } from "./menu.js";
import * as server from "./server.js";
import { store } from "./store.js";

/** Draws the head of the room. `doors`: {menu(), pins(), members()}
 * @param {HTMLElement} root @param {HTMLElement} bar for the bookmarks @param {object} channel @param {object} doors */
export function drawHead(root, bar, channel, doors) {
  const open = signButton("menu", "Channels", doors.menu, { class: "sign-button menu-button" });
  root.replaceChildren(open, title(channel), topic(channel), ...(channel.is_im ? [] : counts(channel, doors)));
  const marks = channel.is_im ? [] : channel.bookmarks;
  bar.hidden = !marks.length;
  bar.replaceChildren(...marks.map(bookmark));
}

function title(channel) {
  if (channel.is_im) {
    const other = store.people.get(store.otherIn(channel));
    return el("h1", { class: "room-name" }, face(other), el("span", { text: other?.real_name ?? "" }), other?.is_bot && el("span", { class: "badge", text: "APP" }));
  }
  const button = el("button", { type: "button", "aria-haspopup": "menu", "aria-expanded": "false", on: { click: (event) => menu(event.currentTarget, channel) } },
    sign(channel.is_private ? "lock" : "hash"), el("span", { text: channel.name }), sign("down"));
  return el("h1", { class: "room-name" }, button);
}

function topic(channel) {
  const box = el("div", { class: "topic" });
  if (channel.topic) box.append(mrkdwn(channel.topic, store.context()));
  box.title = channel.topic;
  return box;
}

function counts(channel, doors) {
  const pins = channel.pins.length;
  const members = channel.members.length;
  return [
    pins ? el("button", { type: "button", class: "head-button", on: { click: doors.pins }, "aria-label": `${pins} pinned`, title: "What is pinned" }, sign("pin"), String(pins)) : null,
    el("button", { type: "button", class: "head-button", on: { click: doors.members }, "aria-label": `${members} members`, title: "Who is here" }, sign("people"), String(members)),
  ].filter(Boolean);
}

function bookmark(one) {
  const isLink = /^https?:\/\//.test(one.link);
  const mark = one.emoji ? el("span", { "aria-hidden": "true", text: glyph(one.emoji.replaceAll(":", "")) }) : sign("link");
  return el("a", { class: "bookmark", href: isLink ? one.link : null, target: "_blank", rel: "noreferrer" }, mark, el("span", { text: one.title }));
}

function menu(opener, channel) {
  const isIn = store.isMember(channel);
  const may = isIn && !channel.is_archived;
  const about = { channel: channel.id };
  const act = (verb) => () => server.act(verb, about).catch((problem) => store.tell("trouble", { text: problem.message }));
  const items = [
    may && { label: "Set the topic", run: () => setTopic(channel) },
    may && !channel.is_general && { label: "Rename", run: () => rename(channel) },
    may && !channel.is_general && { label: "Archive for everyone", run: act("archive") },
    isIn && !channel.is_general && { label: "Leave", run: act("leave") },
    !isIn && !channel.is_private && !channel.is_archived && { label: "Join", run: act("join") },
    channel.is_archived && { label: "Bring it back", run: act("unarchive") },
    { label: "Copy the channel's id", note: channel.id, run: () => navigator.clipboard.writeText(channel.id) },
  ];
  openMenu(opener, items, `#${channel.name}`);
}

function setTopic(channel) {
  ask({
    title: "Topic", label: "What is it about right now?", action: "Save", value: channel.topic,
    run: (text) => server.act("topic", { channel: channel.id, text }),
  });
}

function rename(channel) {
  ask({
    title: "Rename the channel", label: "Name", action: "Rename", value: channel.name,
    run: (name) => server.act("rename", { channel: channel.id, name }),
  });
}
