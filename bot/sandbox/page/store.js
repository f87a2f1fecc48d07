// What this window knows: people, channels, messages, where it looks; and who wants to hear of changes.

import * as server from "./server.js";

const PAGE = 200;

/** Whether a message is a reply that only its thread shows. @param {object} message */
export function isReply(message) {
  const isInThread = message.thread_ts && message.thread_ts !== message.ts;
  return Boolean(isInThread) && message.subtype !== "thread_broadcast";
}

/** Messages in the order of their ts, each once; a channel's, or a thread's. */
export class Room {
  constructor(id) {
    this.id = id;
    this.messages = [];
    this.byTs = new Map();
    this.hasMore = true;
    this.isLoaded = false;
    this.loading = null;
  }

  /** Adds a message, or puts it in the place of the one with its ts. */
  put(message) {
    const known = this.byTs.has(message.ts);
    this.byTs.set(message.ts, message);
    let at = this.messages.length;
    while (at > 0 && this.messages[at - 1].ts > message.ts) at -= 1;
    if (known) this.messages[at - 1] = message;
    else this.messages.splice(at, 0, message);
  }

  /** Adds a page of what was there before; what an event has brought meanwhile is newer. */
  putOlder(page) {
    const fresh = page.filter((one) => !this.byTs.has(one.ts));
    for (const one of fresh) this.byTs.set(one.ts, one);
    this.messages = [...fresh, ...this.messages].sort((a, b) => (a.ts < b.ts ? -1 : 1));
  }

  drop(ts) {
    if (!this.byTs.delete(ts)) return;
    this.messages = this.messages.filter((one) => one.ts !== ts);
  }
}

/** The state of one window. `here` is {channel, thread, isHome}. */
class Store {
  constructor() {
    this.me = null;
    this.people = new Map();
    this.groups = new Map();
    this.channels = new Map();
    this.rooms = new Map();
    this.threads = new Map();
    this.here = { channel: "", thread: "", isHome: false };
    this.commands = [];
    this.shortcuts = [];
    this.bot = {};
    this.links = {};
    this.read = {};
    this.mentions = {};
    this.goTo = () => {};
    this.skew = 0;
    this.listeners = new Set();
  }

  /** Takes what the boot door answered. */
  start(boot) {
    Object.assign(this, { commands: boot.commands, shortcuts: boot.shortcuts });
    Object.assign(this, { bot: boot.bot, links: boot.links });
    this.skew = boot.now * 1000 - Date.now();
    this.people = new Map(boot.people.map((one, tone) => [one.id, { ...one, tone }]));
    this.me = this.people.get(boot.me.id);
    this.groups = new Map(boot.groups.map((one) => [one.id, one]));
    this.channels = new Map(boot.channels.map((one) => [one.id, one]));
    this.rooms.clear();
    this.threads.clear();
    this.recall();
  }

  /** Calls `listener(kind, data)` after each change; returns how to end it. */
  subscribe(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(kind, data = {}) {
    for (const listener of [...this.listeners]) listener(kind, data);
  }

  /** What drawers need to know; see `context`. */
  context() {
    return {
      me: this.me, people: this.people, groups: this.groups, channels: this.channels,
      now: () => this.now(), goTo: (channel) => this.goTo(channel),
    };
  }

  /** The time of the practice workspace, whose clock may have been turned. */
  now() {
    return new Date(Date.now() + this.skew);
  }

  isMember(channel) {
    return channel.members.includes(this.me.id);
  }

  room(id) {
    if (!this.rooms.has(id)) this.rooms.set(id, new Room(id));
    return this.rooms.get(id);
  }

  /** Brings the newest page of a channel, once. */
  async load(id) {
    const room = this.room(id);
    if (!room.isLoaded) await this._page(room, "");
    return room;
  }

  /** Brings the page before the oldest message that is here. */
  async older(id) {
    const room = this.room(id);
    if (room.hasMore && room.isLoaded) await this._page(room, room.messages[0]?.ts ?? "");
    return room;
  }

  async _page(room, before) {
    room.loading ??= server
      .get(`channels/${room.id}/messages?limit=${PAGE}&before=${before}`)
      .then((page) => {
        room.putOlder(page.messages);
        Object.assign(room, { hasMore: page.has_more, isLoaded: true });
      })
      .finally(() => (room.loading = null));
    await room.loading;
    this.tell("loaded", { channel: room.id });
  }

  /** Brings a thread, once; its first message stands first. */
  async thread(channel, ts) {
    const key = `${channel}/${ts}`;
    if (!this.threads.has(key)) {
      const thread = new Room(key);
      this.threads.set(key, thread);
      const page = await server.get(`channels/${channel}/replies?ts=${ts}`);
      thread.putOlder(page.messages);
      Object.assign(thread, { hasMore: false, isLoaded: true });
      this.tell("loaded", { channel, thread: ts });
    }
    return this.threads.get(key);
  }

  /** Takes an event of the stream, and tells it on. */
  apply(kind, data) {
    this[`_${kind}`]?.(data);
    this.tell(kind, data);
  }

  _message({ channel, message }) {
    const known = this.channels.get(channel);
    if (!known) return;
    const thread = this.threads.get(`${channel}/${message.thread_ts}`);
    if (thread) thread.put(message);
    if (isReply(message)) return;
    this.room(channel).put(message);
    if (!message.ephemeral_to) known.last_ts = message.ts;
    if (message.user === this.me.id) this.markRead(channel);
    else if (this.isForMe(known, message)) this._count(channel);
  }

  _changed({ channel, message }) {
    for (const room of this._holding(channel, message)) {
      if (room.byTs.has(message.ts) || room.loading) room.put(message);
    }
  }

  _holding(channel, message) {
    const threads = [message.thread_ts, message.ts].map((ts) => this.threads.get(`${channel}/${ts}`));
    const main = isReply(message) ? [] : [this.rooms.get(channel)];
    return [...new Set([...main, ...threads])].filter(Boolean);
  }

  _deleted({ channel, ts }) {
    this.rooms.get(channel)?.drop(ts);
    for (const [key, thread] of this.threads) if (key.startsWith(`${channel}/`)) thread.drop(ts);
  }

  _channel({ channel }) {
    this.channels.set(channel.id, channel);
  }

  _gone({ channel }) {
    this.channels.delete(channel);
    this.rooms.delete(channel);
  }

  _person({ person }) {
    const tone = this.people.get(person.id)?.tone ?? this.people.size;
    this.people.set(person.id, { ...person, tone });
    this.me = this.people.get(this.me.id);
  }

  _bot(bot) {
    this.bot = { ...this.bot, ...bot };
  }

  _clock({ now }) {
    this.skew = now * 1000 - Date.now();
  }

  /** Whether a message counts for the badge: in a direct conversation, or because it names me. */
  isForMe(channel, message) {
    return channel.is_im || (message.text || "").includes(`<@${this.me.id}`);
  }

  isUnread(channel) {
    return this.isMember(channel) && !channel.is_archived && channel.last_ts > (this.read[channel.id] ?? "");
  }

  /** Notes that everything in a channel was seen. */
  markRead(id) {
    const last = this.channels.get(id)?.last_ts ?? "";
    if (this.read[id] === last && !this.mentions[id]) return;
    this.read[id] = last;
    delete this.mentions[id];
    this._remember();
    this.tell("read", { channel: id });
  }

  /** Makes everything after a ts unread. */
  markUnread(id, ts) {
    this.read[id] = ts;
    this._remember();
    this.tell("read", { channel: id });
  }

  /** The other one in a direct conversation. @param {object} channel */
  otherIn(channel) {
    return channel.members.find((id) => id !== this.me.id) ?? this.me.id;
  }

  _count(channel) {
    this.mentions[channel] = (this.mentions[channel] ?? 0) + 1;
    this._remember();
  }

  _key() {
    return `closeout.read.${this.me.id}`;
  }

  _remember() {
    localStorage.setItem(this._key(), JSON.stringify({ read: this.read, mentions: this.mentions }));
  }

  /** Who was never here has read everything so far. */
  recall() {
    const kept = JSON.parse(localStorage.getItem(this._key()) ?? "null");
    const known = [...this.channels.values()];
    this.mentions = kept?.mentions ?? {};
    this.read = kept?.read ?? Object.fromEntries(known.map((one) => [one.id, one.last_ts]));
    if (!kept) this._remember();
  }
}

/** The one store of this window. */
export const store = new Store();

/** @param {(kind: string, data: object) => void} listener @returns {() => void} ends it */
export const subscribe = (listener) => store.subscribe(listener);

/** @returns {{me, people: Map, groups: Map, channels: Map, now(): Date, goTo(id: string): void}} */
export const context = () => store.context();
