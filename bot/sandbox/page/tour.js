// Five steps, from a declared incident to a closed one. What is done is read from the workspace itself.

import { el, signButton, soon } from "./make.js";
import { isOver, read, refOf, rooms } from "./story.js";

const KEPT = "closeout.tour";
const HEARD = new Set(["message", "changed", "deleted", "channel", "gone", "loaded", "here", "person"]);
const PUT = "Put it in the composer";

/** The steps. Each has tasks: what to do, perhaps what to type, and whether it is done. `t` is the tour's state. */
export const STEPS = [
  {
    title: "Declare an incident",
    about: "Something is wrong, and somebody has to say so. One line is enough; any channel will do.",
    tasks: (t) => [
      { text: "Say what is wrong, then press Enter.", say: "/incident new sev3 Search shows old prices", done: t.isOpen },
    ],
  },
  {
    title: "Take command",
    about: "An incident has a channel of its own. Its card is pinned there, and changes as things move.",
    tasks: (t) => [
      { text: `Open its channel, #${t.room}.`, go: true, done: t.isThere || t.story.isAcknowledged },
      { text: "Somebody must be in command. Take it.", say: "/incident join commander", done: Boolean(t.story.commander), isHidden: t.isCommandSure },
      { text: "Press Acknowledge on the card: whoever called now knows that somebody is on it.", say: "/incident acknowledge", done: t.story.isAcknowledged },
    ],
  },
  {
    title: "Tell customers",
    about: "Customers forgive an outage sooner than silence. Closeout keeps the promise of a next word for you.",
    tasks: (t) => [
      { text: "Say what they notice. A form opens; press Tell customers.", say: "/incident update Prices in the search are from last week. We are on it.", done: t.story.isTold },
    ],
  },
  {
    title: "Resolve it, and mend the cause",
    about: "Resolved is not the end. What must never happen again is an action item, with an owner and a day.",
    tasks: (t) => [
      { text: "Write down one action item. A form opens; press Create.", say: "/incident action Purge the price cache after each import", done: Boolean(t.story.item) },
      { text: "Say that it is done, and how one can see it.", say: `/incident done ${t.story.item || "A-1"} The nightly import purges the cache now`, done: Boolean(t.story.finishedBy) || t.isProven, isHidden: !t.story.item },
      { text: "It works again: resolve it.", say: "/incident resolve", done: isOver(t.story.status) },
      { text: "Tell customers that it is over. In the form, the phase is Resolved.", say: "/incident update Prices are right again.", done: t.story.isToldOver, isHidden: !isOver(t.story.status) },
    ],
  },
  {
    title: "Let somebody else verify, and close it",
    about: "Nobody verifies their own work. So become a colleague.",
    tasks: (t) => [
      { text: `It is private. Bring ${t.other.first} in, with a role.`, say: `/incident role scribe @${t.other.name}`, done: t.isOtherIn, isHidden: !t.isPrivate },
      { text: `Become ${t.other.first}, in this window or in a second one.`, become: t.other, done: t.isSomebodyElse || t.isProven },
      { text: "Join the channel, to write there.", join: true, done: false, isHidden: t.isMember || !t.isSomebodyElse },
      { text: "Look whether it holds, and say so.", say: `/incident verify ${t.story.item || "A-1"}`, done: t.isProven, isHidden: !t.isSomebodyElse && !t.isProven },
      ...t.owed.map((one) => ({ ...one, done: false })),
      { text: "Close it.", say: "/incident close", done: t.story.isClosed, isHidden: !t.isProven },
    ],
  },
];

/** What may still be owed before closing, when somebody went ways of their own. */
const OWED = [
  [/postmortem/, "A postmortem is owed for this severity. Write and publish it, or, for this tour, make it a small incident.", "/incident severity sev3 Fewer customers than we thought"],
  [/customers told/, "Customers have not heard that it is over. In the form, choose the phase Resolved.", "/incident update All is well again."],
  [/resolved/, "It is not resolved yet.", "/incident resolve"],
  [/actions? verified/, "There are more action items. See them all, and finish, verify or decline each.", "/incident actions"],
];

/** The panel. `store` is what this window knows; it hears of every change. */
export class Tour {
  constructor(root, server, store) {
    Object.assign(this, { root, server, store });
    this.button = document.getElementById("tour-button");
    this.kept = { channel: "", created: 0, ...JSON.parse(localStorage.getItem(KEPT) ?? "{}") };
    this.draw = soon(() => this._draw());
    this.button?.addEventListener("click", () => this.show(this.root.hidden));
    store.subscribe((kind) => HEARD.has(kind) && this.look());
    addEventListener("storage", (event) => event.key === KEPT && this._recall());
    this.show(!(this.kept.isAway ?? matchMedia("(max-width: 760px)").matches), false);
    this.look();
  }

  /** Opens the panel, or puts it away. */
  show(isOpen, isMeant = true) {
    this.root.hidden = !isOpen;
    this.button?.setAttribute("aria-expanded", String(isOpen));
    if (!isMeant) return;
    this._keep({ isAway: !isOpen });
    if (isOpen) this.root.querySelector("h2")?.focus();
    else this.button?.focus();
  }

  _keep(change) {
    Object.assign(this.kept, change);
    localStorage.setItem(KEPT, JSON.stringify(this.kept));
  }

  _recall() {
    Object.assign(this.kept, JSON.parse(localStorage.getItem(KEPT) ?? "{}"));
    this.look();
  }

  /** Finds the incident of the tour and reads its channel; draws when there is something to draw. */
  async look() {
    const room = this._mine() ?? (await this._find());
    if (room) await this.store.load(room.id).catch(() => null);
    this.room = room;
    this.draw();
  }

  /** The channel that was found before; after a restart the same id may be another channel. */
  _mine() {
    const known = this.store.channels.get(this.kept.channel);
    return known && known.created === this.kept.created ? known : null;
  }

  /** The newest incident that this person has declared. */
  async _find() {
    for (const room of rooms(this.store.channels).slice(0, 5)) {
      if (room.created < (this.kept.after ?? 0)) continue;
      await this.store.load(room.id).catch(() => null);
      const story = this._story(room);
      if (story.declaredBy !== this.store.me.real_name || story.isGone) continue;
      this._keep({ channel: room.id, created: room.created, by: this.store.me.name });
      return room;
    }
    return null;
  }

  _story(room) {
    return read(room ? this.store.room(room.id).messages : [], this.store.bot.user_id);
  }

  /** Everything that the steps ask about. */
  _state() {
    const { me, people, here } = this.store;
    const story = this._story(this.room);
    const isProven = story.isVerified || story.isDeclined || story.isClosed;
    const other = [...people.values()].find((one) => this._mayVerify(one, story)) ?? me;
    return {
      story, isOpen: story.card, room: this.room?.name ?? "", isThere: here.channel === this.room?.id,
      isCommandSure: !story.card || Boolean(story.commander),
      isSomebodyElse: Boolean(story.finishedBy) && me.real_name !== story.finishedBy && !me.is_restricted,
      isMember: !this.room || this.room.is_archived || this.store.isMember(this.room),
      isPrivate: Boolean(this.room?.is_private), isOtherIn: isProven || Boolean(this.room?.members.includes(other.id)),
      other: { name: other.name, first: other.real_name.split(" ")[0] },
      isProven, owed: isProven && !story.isClosed ? owedNow(story) : [],
    };
  }

  _mayVerify(person, story) {
    const isStaff = !person.is_bot && !person.deleted && !person.is_restricted && person.id !== "USLACKBOT";
    return isStaff && person.real_name !== story.finishedBy && person.real_name !== story.declaredBy;
  }

  _draw() {
    const state = this._state();
    const steps = STEPS.map((step) => ({ ...step, tasks: step.tasks(state).filter((task) => !task.isHidden) }));
    const at = state.story.isClosed ? steps.length : steps.findIndex((step) => step.tasks.some((task) => !task.done));
    const progress = at < 0 || at >= steps.length ? "Done" : `Step ${at + 1} of ${steps.length}`;
    const trouble = this._trouble(state);
    const key = JSON.stringify([progress, steps, state.room, this.store.me.id, trouble?.textContent]);
    if (key === this.drawn) return;
    this.drawn = key;
    const close = signButton("close", "Put the tour away", () => this.show(false));
    const head = el("header", { class: "tour-head" },
      el("h2", { tabindex: "-1", text: "Tour" }), el("span", { class: "tour-progress", role: "status", text: trouble ? "" : progress }), close);
    const body = trouble ?? (state.story.isClosed ? this._end(state) : this._steps(steps, at));
    this.root.replaceChildren(head, body);
  }

  /** Where the tour cannot go on by itself, it says how it can. */
  _trouble(state) {
    const again = ["Begin again", () => this._again()];
    if (state.story.isGone) return note(`${refOf(state.room)} is no incident any more. Begin again with a new one.`, again);
    const { by, channel } = this.kept;
    if (this.room || !channel || by === this.store.me.name) return null;
    const [owner, me] = [this._named(by), this._named(this.store.me.name)];
    const back = [`Become ${owner}`, () => this._become(by)];
    return note(`${me} does not see the channel of the incident that ${owner} declared. Become ${owner} to go on.`, back, again);
  }

  _named(handle) {
    return [...this.store.people.values()].find((one) => one.name === handle)?.real_name.split(" ")[0] ?? handle;
  }

  _steps(steps, at) {
    const items = steps.map((step, n) => {
      const state = n < at ? "done" : n === at ? "now" : "later";
      const mark = el("span", { class: "tour-mark", "aria-hidden": "true", text: state === "done" ? "✓" : String(n + 1) });
      const title = el("h3", {}, mark, el("span", { text: step.title }), state === "done" && el("span", { class: "unseen", text: ", done" }));
      const inside = state === "now" ? [el("p", { class: "tour-about", text: step.about }), this._tasks(step.tasks)] : [];
      return el("li", { class: `tour-step ${state}`, "aria-current": state === "now" ? "step" : false }, title, ...inside);
    });
    return el("ol", { class: "tour-steps" }, ...items);
  }

  /** Only the first open task has its buttons: one thing at a time. */
  _tasks(tasks) {
    const first = tasks.findIndex((task) => !task.done);
    return el("ul", { class: "tour-tasks" }, ...tasks.map((task, n) => this._task(task, n === first)));
  }

  _task(task, isNext) {
    const state = task.done ? "done" : isNext ? "next" : "later";
    const box = el("span", { class: "tour-box", "aria-hidden": "true", text: task.done ? "☑" : "☐" });
    const line = el("p", {}, box, el("span", { text: task.text }), task.done && el("span", { class: "unseen", text: " Done." }));
    return el("li", { class: `tour-task ${state}` }, line, isNext && this._deed(task));
  }

  _deed(task) {
    const button = (label, click) => el("button", { type: "button", class: "primary", text: label, on: { click } });
    if (task.go) return button(`Go to #${this.room?.name}`, () => this.store.goTo(this.room.id));
    if (task.join) return button("Join channel", () => this.server.act("join", { channel: this.room.id }).catch((problem) => this.store.tell("trouble", { text: problem.message })));
    if (task.become) return this._becoming(task.become);
    return el("div", {}, el("code", { text: task.say }), button(PUT, () => this._put(task.say)));
  }

  _becoming(who) {
    const address = `#/${who.name}/${this.room?.id}`;
    return el("div", { class: "tour-row" },
      el("button", { type: "button", class: "primary", text: `Become ${who.first}`, on: { click: () => this._become(who.name) } }),
      el("a", { href: address, target: "_blank", text: "In a second window" }));
  }

  _become(name) {
    location.hash = `#/${name}/${this.room?.id ?? ""}`;
  }

  /** What concerns the incident belongs into its channel. */
  async _put(text) {
    const room = this.room;
    if (room && this.store.here.channel !== room.id) await this._went(room.id);
    await this.store.compose?.(text);
  }

  _went(channel) {
    return new Promise((went) => {
      const end = this.store.subscribe((kind) => {
        if (kind !== "here" || this.store.here.channel !== channel) return;
        end();
        went();
      });
      this.store.goTo(channel);
    });
  }

  _again() {
    this._keep({ channel: "", created: 0, after: Math.floor(this.store.now() / 1000) });
    this.room = null;
    this.look();
  }

  _end(state) {
    const ref = refOf(state.room);
    const { links } = this.store;
    const next = [
      links.web && el("li", {}, el("a", { href: `${links.web}incidents/${ref}`, target: "_blank", rel: "noopener", text: `See ${ref} as a page` }), ": its whole timeline, and every verb that you have used here."),
      el("li", {}, el("a", { href: "/world", text: "The world outside" }), ": ring an alert at PagerDuty, and watch it become an incident. Read mail and pages."),
      el("li", {}, el("button", { type: "button", class: "link", text: "/incident drill", on: { click: () => this.store.compose?.("/incident drill") } }), ": practise a whole outage, and get a score."),
      el("li", { text: "Switch Slack off, above. Closeout goes on, and catches up when Slack is back." }),
    ];
    return el("div", { class: "tour-end" },
      el("p", { class: "tour-closed" }, el("strong", { text: `${ref} is closed. Every loop.` })),
      el("p", { text: "Customers were told, the cause is mended, and somebody else has looked. That is all there is to it." }),
      el("h3", { text: "What to try next" }), el("ul", {}, ...next.filter(Boolean)),
      el("p", {}, el("button", { type: "button", text: "Take the tour again", on: { click: () => this._again() } })));
  }
}

/** @param {string} text @param {...[string, () => void]} ways out, the first one the best */
function note(text, ...ways) {
  const buttons = ways.map(([label, click], n) => el("button", { type: "button", class: n ? "" : "primary", text: label, on: { click } }));
  return el("div", { class: "tour-note" }, el("p", { text }), el("div", { class: "tour-row" }, ...buttons));
}

function owedNow(story) {
  return OWED.filter(([pattern]) => story.owed.some((one) => pattern.test(one))).map(([, text, say]) => ({ text, say }));
}
