// What the composer offers while somebody types: commands and their words, people, channels, emoji.

import { found, glyph } from "./glyphs.js";
import * as server from "./server.js";
import { store } from "./store.js";

const MOST = 9;
let words = null;

/** Learns the words of the commands from the app's own help; the bot may not be there yet. */
async function learn() {
  if (words) return words;
  const answer = await server.act("words").catch(() => ({ words: {} }));
  if (Object.keys(answer.words).length) words = answer.words;
  return answer.words;
}

/** What fits to the letters before the caret.
 * @param {string} before @param {boolean} isThread commands cannot be used in threads
 * @returns {Promise<{typed: string, items: object[], isLazy: boolean}|null>} `typed` is what an item replaces; lazy
 * ones are chosen only by whoever goes to them */
export async function suggest(before, isThread) {
  const at = /(?:^|\s)([@#:][\w.+-]*)$/.exec(before);
  if (at) return named(at[1]);
  if (isThread || !before.startsWith("/")) return null;
  if (/^\/\S*$/.test(before)) return offered(before, store.commands.map(command));
  const said = /^(\/\S+) (?:[A-Za-z]+-\d+ )?(\S*)$/.exec(before);
  if (said) return offered(said[2], ((await learn())[said[1]] ?? []).map(word));
  return await argument(before);
}

const command = (one) => ({ insert: one.command, label: one.command, note: one.usage_hint, about: one.description });
const word = (one) => ({ insert: one.word, label: one.word, note: one.usage.slice(one.word.length).trim(), about: one.help });

/** The choices of a word's first argument, which its usage names as this|that. */
async function argument(before) {
  const said = /^(\/\S+) (?:[A-Za-z]+-\d+ )?(\S+) (\S*)$/.exec(before);
  if (!said) return null;
  const known = ((await learn())[said[1]] ?? []).find((one) => one.word === said[2]);
  const choices = /^\S+ \[?<?([\w-]+(?:\|[\w-]+)+)/.exec(known?.usage ?? "")?.[1].split("|") ?? [];
  const suggestion = offered(said[3], choices.map((one) => ({ insert: one, label: one })));
  return suggestion && { ...suggestion, isLazy: !said[3] };
}

function named(typed) {
  if (typed[0] === "@") return offered(typed, people(), byWords);
  if (typed[0] === "#") return offered(typed, channels(), byWords);
  if (typed.length < 3) return null;
  return offered(typed, found(typed, MOST).map((name) => ({ insert: `:${name}:`, label: `:${name}:`, mark: glyph(name) })), () => true);
}

function people() {
  const persons = [...store.people.values()].filter((one) => !one.deleted && one.id !== "USLACKBOT");
  const shown = persons.map((one) => ({ insert: `@${one.name}`, label: one.real_name, note: `@${one.name}`, person: one }));
  const groups = [...store.groups.values()].map((one) => ({ insert: `@${one.handle}`, label: `@${one.handle}`, note: `${one.name}, ${one.user_count} people` }));
  return [...shown, ...groups, { insert: "@here", label: "@here", note: "everyone in this channel" }];
}

function channels() {
  const rooms = [...store.channels.values()].filter((one) => !one.is_im && !one.is_archived);
  return rooms.map((one) => ({ insert: `#${one.name}`, label: `#${one.name}`, note: one.topic }));
}

const byStart = (item, typed) => item.insert.toLowerCase().startsWith(typed);

/** Handle or any of the names begins with the letters. */
function byWords(item, typed) {
  const wanted = typed.slice(1);
  const names = [item.insert.slice(1), ...item.label.split(/\s+/), ...item.insert.slice(1).split("-")];
  return names.some((name) => name.toLowerCase().replace(/^[@#]/, "").startsWith(wanted));
}

function offered(typed, all, fits = byStart) {
  const items = all.filter((item) => fits(item, typed.toLowerCase())).slice(0, typed.startsWith("/") || fits === byStart ? 40 : MOST);
  const isDone = items.length === 1 && items[0].insert === typed;
  return items.length && !isDone ? { typed, items, isLazy: false } : null;
}
