// Starts the page, follows the address, and lets its parts know of each other.

import { Composer, editor } from "./composer.js";
import { clicksOnHome } from "./draw.js";
import { drawHead } from "./details.js";
import { el, face, signButton, soon } from "./make.js";
import { jump } from "./jump.js";
import { Messages } from "./messages.js";
import { people } from "./people.js";
import * as server from "./server.js";
import { sidebar } from "./sidebar.js";
import { isReply, store } from "./store.js";
import { Side } from "./thread.js";

const $ = (id) => document.getElementById(id);
const FIRST = ["incidents", "general"];
const LINK = /\/archives\/(\w+)\/p(\d+)(\d{6})(?:\?thread_ts=([\d.]+))?/;
const parts = {};

async function start() {
  server.speakAs(route().person);
  const boot = await server.get("boot");
  server.speakAs(boot.me.name);
  store.start(boot);
  store.goTo = (channel) => (location.hash = `#/${store.me.name}/${channel}`);
  store.compose = (text) => compose(text);
  build();
  server.listen(boot.me.name, { any: (kind, data) => store.apply(kind, data), connected }, boot.last);
  store.subscribe(heard);
  await Promise.all([follow(), plugIn()]);
}

function build() {
  people($("who"));
  sidebar($("sidebar"), { jump });
  parts.messages = new Messages($("messages"), {
    label: "Messages", onMove: (isAtEnd) => isAtEnd && seen(), onEdited: () => parts.composer.focus(),
    editor: (message, done) => editor(message, store.here.channel, done),
  });
  parts.composer = new Composer($("composer"), {
    place: () => ({ channel: store.here.channel }), onUp: () => parts.messages.editLast(),
    onSent: () => parts.messages.toEnd(), // the answer to a command comes below, wherever one was reading
  });
  parts.side = new Side($("side"), { closed: () => goBack(), opened: () => $("traffic").hidden || parts.traffic.open(false) });
  $("veil").addEventListener("click", () => slide(false));
  addEventListener("hashchange", follow);
  addEventListener("keydown", key);
  document.addEventListener("click", linked);
  document.addEventListener("visibilitychange", seen);
  addEventListener("storage", () => store.recall());
}

/** What the address says. */
function route() {
  const [, person, place, kind, ts] = location.hash.split("/").map(decodeURIComponent);
  return { person: person || "ada", place: place ?? "", kind, ts };
}

/** Goes where the address says. */
async function follow() {
  const { person, place, kind, ts } = route();
  if (person !== store.me.name && person !== store.me.id) return location.reload();
  slide(false);
  if (place === "home") return showHome();
  const channel = store.channels.get(place) ?? usual();
  if (channel.id !== place) history.replaceState(null, "", `#/${store.me.name}/${channel.id}`);
  await showChannel(channel, kind === "thread" ? ts : "", kind === "at" ? ts : "");
  return undefined;
}

/** Where somebody was last, or where it begins. */
function usual() {
  const last = store.channels.get(localStorage.getItem(`closeout.here.${store.me.id}`));
  const all = [...store.channels.values()];
  const first = FIRST.map((name) => all.find((one) => one.name === name && store.isMember(one)));
  return last ?? first.find(Boolean) ?? all[0];
}

async function showChannel(channel, thread, at) {
  const isNew = store.here.channel !== channel.id || store.here.isHome;
  store.here = { channel: channel.id, thread, isHome: false };
  localStorage.setItem(`closeout.here.${store.me.id}`, channel.id);
  $("room").hidden = false;
  $("home").hidden = true;
  if (isNew) await openRoom(channel, Boolean(at || thread));
  if (thread) await parts.side.showThread(channel.id, thread);
  else if (isNew || parts.side.face === "thread") parts.side.hide();
  if (at) await parts.messages.reveal(at);
  store.tell("here");
}

async function openRoom(channel, isElsewhere) {
  const before = store.read[channel.id] ?? "";
  const isUnread = store.isUnread(channel);
  drawRoom(channel);
  const room = store.room(channel.id);
  if (room.isLoaded) parts.messages.show(room, channel.id, isUnread ? before || "0" : "");
  else await store.load(channel.id).then(() => {
    if (store.here.channel === channel.id) parts.messages.show(room, channel.id, isUnread ? before || "0" : "");
  });
  seen();
  if (!isElsewhere && matchMedia("(hover: hover)").matches) parts.composer.focus();
}

function drawRoom(channel) {
  drawHead($("room-head"), $("bookmarks"), channel, {
    menu: () => slide(true), pins: () => parts.side.showPins(channel.id), members: () => parts.side.showMembers(channel.id),
  });
  parts.composer.show(channel.is_im ? `Message ${store.people.get(store.otherIn(channel))?.real_name}` : `Message #${channel.name}`, closedTo(channel));
  title();
}

/** Why one cannot write in a channel, and what to do about it. */
function closedTo(channel) {
  if (channel.is_archived) return [el("span", { text: "This channel is archived. Nobody can write here." })];
  if (store.isMember(channel)) return null;
  const click = () => server.act("join", { channel: channel.id }).catch(trouble);
  return [el("span", { text: `You are looking at #${channel.name}.` }), el("button", { type: "button", class: "primary", text: "Join channel", on: { click } })];
}

async function showHome() {
  const isNew = !store.here.isHome;
  store.here = { channel: "", thread: "", isHome: true };
  $("room").hidden = true;
  $("home").hidden = false;
  parts.side.hide();
  store.tell("here");
  title();
  drawHome(null);
  if (!isNew) return;
  await server.act("home").then(({ view }) => drawHome(view)).catch(trouble);
}

async function drawHome(view) {
  if (view) parts.home = view;
  const bot = store.people.get(store.bot.user_id);
  const head = el("header", { class: "room-head" }, signButton("menu", "Channels", () => slide(true), { class: "sign-button menu-button" }),
    el("h1", { class: "room-name" }, face(bot), el("span", { text: `${store.bot.name} home` })),
    el("button", { type: "button", class: "head-button", text: "Messages", on: { click: () => talkToBot() } }));
  const empty = el("p", { class: "empty", text: `${store.bot.name} shows what needs you here. It has not answered yet.` });
  const { home } = await import("./home.js");
  const inside = el("div", { class: "home-inside" }, parts.home ? home(parts.home, store.context(), clicksOnHome) : empty);
  $("home").replaceChildren(head, inside);
}

async function talkToBot() {
  const { channel } = await server.act("talk", { to: store.bot.user_id });
  store.goTo(channel);
}

/** What happened, to those parts of the page that show it. */
function heard(kind, data) {
  const isHere = data.channel === store.here.channel && !store.here.isHome;
  if (kind === "message" && isHere && !isReply(data.message)) came(data.message);
  else if (["changed", "deleted", "loaded"].includes(kind) && isHere && !data.thread) parts.messages.refresh();
  else if (kind === "read" && isHere) title();
  HEARD[kind]?.(data);
}

const HEARD = {
  channel: ({ channel }) => channel.id === store.here.channel && drawRoom(channel),
  gone: ({ channel }) => channel === store.here.channel && (location.hash = `#/${store.me.name}`),
  views: ({ views }) => parts.forms?.show(views, store.context()),
  home: ({ view }) => {
    parts.home = view;
    if (store.here.isHome) drawHome(view);
  },
  traffic: ({ call }) => parts.traffic?.add(call),
  trouble: ({ text }) => toast(text),
  reload: () => location.reload(),
  message: () => title(),
};

function came(message) {
  parts.messages.came(message);
  if (parts.messages.virtual.isAtEnd) seen();
}

/** What is in front of somebody's eyes is read. */
function seen() {
  if (!document.hidden && store.here.channel && parts.messages?.virtual.isAtEnd) store.markRead(store.here.channel);
}

const title = soon(() => {
  const unread = [...store.channels.values()].filter((one) => store.isUnread(one)).length;
  const channel = store.channels.get(store.here.channel);
  const name = channel ? (channel.is_im ? store.people.get(store.otherIn(channel))?.real_name : `#${channel.name}`) : `${store.bot.name} home`;
  document.title = `${unread ? `(${unread}) ` : ""}${name} · ${store.me.real_name.split(" ")[0]} · Practice workspace`;
});

/** Puts words in the composer of the channel, for somebody else to send. */
async function compose(text) {
  if (store.here.isHome) await showChannel(usual(), "", "");
  parts.composer.put(text);
}

function key(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    jump();
  } else if (event.key === "Escape" && !document.querySelector("dialog[open]")) escape();
}

function escape() {
  if ($("sidebar").classList.contains("open")) slide(false);
  else if (parts.side.isOpen) parts.side.close();
  else parts.composer.focus();
}

function goBack() {
  if (store.here.thread) location.hash = `#/${store.me.name}/${store.here.channel}`;
  if ($("traffic").hidden) parts.composer.focus();
}

/** On a phone the channels slide over the room. */
function slide(isOpen) {
  $("sidebar").classList.toggle("open", isOpen);
  $("veil").hidden = !isOpen;
  if (isOpen) $("sidebar").querySelector("a")?.focus();
}

/** Slack's own links to messages stay in this window. */
function linked(event) {
  const link = event.target.closest("a[href]");
  if (!link || link.origin !== location.origin) return;
  const found = LINK.exec(link.href);
  if (!found) return;
  event.preventDefault();
  const [, channel, seconds, rest, thread] = found;
  location.hash = `#/${store.me.name}/${channel}/${thread ? `thread/${thread}` : `at/${seconds}.${rest}`}`;
}

function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(parts.toasting);
  parts.toasting = setTimeout(() => ($("toast").hidden = true), 6000);
}

const trouble = (problem) => toast(problem.message);

function connected(isOpen) {
  $("offline").hidden = isOpen;
}

/** The parts that are not needed for the first look; a page without one of them still works. */
async function plugIn() {
  const kept = await Promise.allSettled([plugForms(), plugWeather(), plugTraffic(), plugTour()]);
  for (const { reason } of kept) if (reason) trouble(reason);
}

async function plugForms() {
  const { Forms } = await import("./forms.js");
  parts.forms = new Forms($("forms"), server);
  const { views } = await server.get(`views?user=${store.me.name}`);
  parts.forms.begin(views, store.context());
}

async function plugWeather() {
  const { weather } = await import("./weather.js");
  weather($("weather"), server, await server.get("conditions"));
}

async function plugTraffic() {
  const { Traffic } = await import("./traffic.js");
  parts.traffic = new Traffic($("traffic"), server);
  $("traffic-button").addEventListener("click", () => {
    parts.traffic.open();
    if (!$("traffic").hidden) parts.side.close();
  });
}

async function plugTour() {
  const { Tour } = await import("./tour.js");
  parts.tour = new Tour($("tour"), server, store);
}

start().catch((problem) => {
  $("frame").replaceChildren(el("p", { class: "empty", role: "alert", text: `${problem.message} ` }, el("a", { href: "#/ada", text: "Start as Ada", on: { click: () => setTimeout(() => location.reload()) } })));
});
