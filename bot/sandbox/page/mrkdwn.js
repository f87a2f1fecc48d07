/** Slack's mrkdwn as nodes: https://docs.slack.dev/messaging/formatting-message-text */

import { formatted, whole } from "./dates.js";
import { fragment, h, link } from "./dom.js";
import { emoji } from "./emoji.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const STYLES = { "*": "strong", _: "em", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;
const URL_AT = /https?:\/\/[^\s<>|`]+/y;
const EMOJI_AT = /:([\w+'-]+(?:::skin-tone-[2-6])?):/y;
const ANGLE_AT = /<([^<>\n]+)>/y;
const CODE_AT = /`([^`\n]+)`/y;
const ENTITY_AT = /&(?:amp|lt|gt);/y;
const shownDates = new WeakMap();
let isTicking = false;

/**
 * A text of Slack's mrkdwn as nodes.
 * @param {string} text with Slack's three escapes
 * @param {object} ctx {me, people, groups, channels, now(), goTo(channelId)}
 * @returns {DocumentFragment} one element of class "mk": a span, or a div when it holds quotes or code blocks
 */
export function mrkdwn(text, ctx) {
  const parts = split(String(text ?? ""));
  const isInline = parts.every((part) => part.kind === "text");
  return fragment(h(isInline ? "span" : "div", { class: "mk" }, parts.map((part) => drawn(part, ctx))));
}

/** The same as words alone: names for ids, labels for links. @returns {string} */
export function plain(text, ctx) {
  const parts = split(String(text ?? "")).map((part) => drawn(part, ctx));
  return parts.map((part) => [part].flat().map((node) => node.textContent).join("")).join("\n").trim();
}

/** Undoes Slack's three escapes. */
export function unescaped(text) {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

function drawn(part, ctx) {
  if (part.kind === "pre") return h("pre", { class: "mk-pre", tabindex: "0" }, h("code", {}, bare(part.text, ctx)));
  if (part.kind === "quote") return h("blockquote", { class: "mk-quote" }, inline(part.text, ctx));
  return inline(part.text, ctx);
}

/** Cuts a text into code blocks, quotes and the rest. */
function split(text) {
  const pieces = text.split(/```([\s\S]+?)```/);
  return pieces.flatMap((piece, number) => {
    if (number % 2) return [{ kind: "pre", text: piece.replace(/^\n|\n$/g, "") }];
    // The line breaks beside a code block are its own.
    let rest = number ? piece.replace(/^\n/, "") : piece;
    if (number < pieces.length - 1) rest = rest.replace(/\n$/, "");
    return rest ? quotes(rest) : [];
  });
}

function quotes(text) {
  const parts = [];
  const lines = text.split("\n");
  for (let number = 0; number < lines.length; number += 1) {
    const all = /^(?:>|&gt;){3} ?/.exec(lines[number]);
    if (all) {
      parts.push({ kind: "quote", text: [lines[number].slice(all[0].length), ...lines.slice(number + 1)].join("\n") });
      break;
    }
    const one = /^(?:>|&gt;) ?/.exec(lines[number]);
    add(parts, one ? "quote" : "text", one ? lines[number].slice(one[0].length) : lines[number]);
  }
  return parts;
}

function add(parts, kind, line) {
  const last = parts.at(-1);
  if (last?.kind === kind) last.text += `\n${line}`;
  else parts.push({ kind, text: line });
}

/** What stands in a code block: no styles, but links and names as words. */
function bare(text, ctx) {
  return unescaped(text.replace(/<([^<>\n]+)>/g, (all, inside) => angle(inside, ctx).textContent));
}

/** The nodes of one text; a style is not opened again inside itself. */
function inline(text, ctx, open = "") {
  const scan = { text, ctx, open, at: 0, nodes: [], words: "", dead: {} };
  while (scan.at < text.length) {
    const taken = READERS[text[scan.at]]?.(scan);
    if (taken) {
      flush(scan);
      scan.nodes.push(taken.node);
      scan.at = taken.end;
    } else {
      scan.words += text[scan.at];
      scan.at += 1;
    }
  }
  flush(scan);
  return scan.nodes;
}

function flush(scan) {
  if (scan.words) scan.nodes.push(document.createTextNode(scan.words));
  scan.words = "";
}

function matched(pattern, scan) {
  pattern.lastIndex = scan.at;
  return pattern.exec(scan.text);
}

function reader(pattern, draw) {
  return (scan) => {
    const found = matched(pattern, scan);
    const node = found && draw(found[1] ?? found[0], scan);
    return node ? { node, end: scan.at + found[0].length } : null;
  };
}

const READERS = {
  "<": reader(ANGLE_AT, (inside, scan) => angle(inside, scan.ctx, scan.open)),
  "`": reader(CODE_AT, (inside, scan) => h("code", { class: "mk-code" }, bare(inside, scan.ctx))),
  ":": reader(EMOJI_AT, (name) => emojiNode(name)),
  "&": reader(ENTITY_AT, (entity) => document.createTextNode(ENTITIES[entity])),
  h: (scan) => bareLink(scan),
  "*": styled,
  _: styled,
  "~": styled,
};

/** An emoji with its name for those who cannot see it; null when the name is unknown. */
export function emojiNode(name) {
  const letters = emoji(name);
  return letters ? h("span", { class: "mk-emoji", role: "img", "aria-label": `:${name}:`, title: `:${name}:` }, letters) : null;
}

function bareLink(scan) {
  if (WORD.test(scan.text[scan.at - 1] ?? "") || scan.open.includes("a")) return null;
  const found = matched(URL_AT, scan);
  if (!found) return null;
  const url = withoutEnd(found[0]);
  return { node: link(unescaped(url), unescaped(url), { class: "mk-link" }), end: scan.at + url.length };
}

/** An address without the full stop or bracket that ends the sentence around it. */
function withoutEnd(url) {
  let end = url.length;
  for (;;) {
    const entity = /&(?:gt|lt);$/.exec(url.slice(Math.max(0, end - 4), end));
    if (entity) end -= entity[0].length;
    else if (".,;:!?'\")]*_~".includes(url[end - 1])) end -= 1;
    else return url.slice(0, end);
  }
}

/** A run between two marks such as *bold*: outside of words, with no space inside the marks. */
function styled(scan) {
  const mark = scan.text[scan.at];
  const before = scan.text[scan.at - 1] ?? " ";
  if (scan.open.includes(mark) || WORD.test(before) || scan.dead[mark] > scan.at) return null;
  const end = closing(scan, mark);
  if (!end) return null;
  const inside = inline(scan.text.slice(scan.at + 1, end), scan.ctx, scan.open + mark);
  return { node: h(STYLES[mark], {}, inside), end: end + 1 };
}

function closing({ text, at, dead }, mark) {
  if (/\s/.test(text[at + 1] ?? " ") || text[at + 1] === mark) return 0;
  let skipped = "";
  for (let place = at + 1; place < text.length && text[place] !== "\n"; place += 1) {
    const letter = text[place];
    // What stands in a link or in code closes nothing.
    if (skipped) skipped = letter === skipped ? "" : skipped;
    else if (letter === "<") skipped = text.indexOf(">", place) > 0 ? ">" : "";
    else if (letter === "`") skipped = text.indexOf("`", place + 1) > 0 ? "`" : "";
    else if (letter === mark && !/\s/.test(text[place - 1]) && !WORD.test(text[place + 1] ?? " ")) return place;
  }
  const line = text.indexOf("\n", at);
  dead[mark] = line < 0 ? text.length : line;
  return 0;
}

/** What stands in angle brackets: a mention, a channel, a date or a link. */
function angle(inside, ctx, open = "") {
  const [target, ...more] = inside.split("|");
  const label = more.join("|");
  if (target.startsWith("@")) return mention(target.slice(1), ctx, label);
  if (target.startsWith("#")) return channel(target.slice(1), ctx, label);
  if (target.startsWith("!")) return special(target.slice(1), label, ctx);
  const words = label ? inline(label, ctx, `${open}a`) : unescaped(target.replace(/^mailto:/, ""));
  return link(unescaped(target), words, { class: "mk-link" });
}

/** A person's name with an at sign; marked when it is the reader. */
export function mention(id, ctx, label = "") {
  const person = ctx.people?.get(id);
  const name = person ? nameOf(person) : unescaped(label).replace(/^@/, "") || id;
  const isMe = id === ctx.me?.id;
  const title = person?.tz ? `${nameOf(person)}, ${person.tz}` : name;
  return h("span", { class: isMe ? "mk-mention mk-me" : "mk-mention", title, "data-user": id }, `@${name}`);
}

/** What people call this person. */
export function nameOf(person) {
  return person.real_name || person.profile?.real_name || person.name || person.id;
}

/** A channel's name; it leads there when the reader can see the channel. */
export function channel(id, ctx, label = "") {
  const found = ctx.channels?.get(id);
  const name = found?.name || unescaped(label);
  if (!found && !name) return h("span", { class: "mk-channel" }, "private channel");
  const words = `#${name}`;
  if (!found) return h("span", { class: "mk-channel" }, words);
  const go = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    ctx.goTo(id);
  };
  return h("a", { class: "mk-channel", href: `#/${ctx.me?.name ?? ""}/${id}`, click: go }, words);
}

function special(target, label, ctx) {
  const [kind, ...rest] = target.split("^");
  if (kind === "date") return dateFrom(rest, label, ctx);
  if (kind === "subteam") return group(rest[0], ctx, label);
  const words = { here: "@here", channel: "@channel", everyone: "@everyone" }[kind];
  return h("span", { class: words ? "mk-mention mk-me" : "mk-mention" }, words ?? `<${unescaped(label || target)}>`);
}

/** A group of people. */
export function group(id, ctx, label = "") {
  const found = ctx.groups?.get(id);
  const name = found?.handle || unescaped(label).replace(/^@/, "") || "group";
  const isMine = found?.users?.includes(ctx.me?.id) || found?.members?.includes(ctx.me?.id);
  return h("span", { class: isMine ? "mk-mention mk-me" : "mk-mention", title: found?.name ?? name }, `@${name}`);
}

function dateFrom([seconds, format, url], label, ctx) {
  return date(Number(seconds || NaN), unescaped(format ?? ""), ctx, { fallback: unescaped(label), url });
}

/** A moment in the reader's zone by Slack's tokens, the whole moment as its title. */
export function date(seconds, format, ctx, { fallback = "", url = "" } = {}) {
  const tz = ctx.me?.tz || "UTC";
  const now = ctx.now().getTime() / 1000;
  const words = format ? formatted(seconds, format, tz, now) : "";
  if (!words) return document.createTextNode(fallback);
  const at = new Date(seconds * 1000).toISOString();
  const node = h("time", { class: "mk-date", datetime: at, title: whole(seconds, tz) }, words);
  if (/\{ago\}|pretty/.test(format)) keepFresh(node, () => formatted(seconds, format, tz, ctx.now().getTime() / 1000));
  return url ? link(unescaped(url), node, { class: "mk-link" }) : node;
}

/** Words such as "5 minutes ago" move on while they are on the screen. */
function keepFresh(node, words) {
  shownDates.set(node, words);
  node.classList.add("mk-moving");
  if (isTicking) return;
  isTicking = true;
  setInterval(refreshDates, 15_000);
}

/** Renews the relative times on the screen at once; it also happens every quarter of a minute. */
export function refreshDates() {
  for (const node of document.querySelectorAll("time.mk-moving")) {
    const words = shownDates.get(node)?.();
    if (words && words !== node.textContent) node.textContent = words;
  }
}
