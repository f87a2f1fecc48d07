/** Blocks whose shape Slack still changes (card, carousel, plan, task_card and the like): their words, in order. */

import { h } from "./dom.js";
import { richText } from "./rich.js";
import { words } from "./surface.js";

const DEEPEST = 6;
const BOLD = new Set(["title", "header", "name"]);
// What is for machines and not for people.
const SILENT = new Set(["type", "block_id", "action_id", "value", "url", "id", "style", "emoji", "verbatim"]);

/** @param {object} block @param {object} ctx @returns {HTMLElement} */
export function loose(block, ctx) {
  const inside = found(block, ctx, 0);
  const note = h("span", { class: "bk-note" }, `Block of type ${block?.type ?? "none"}`);
  return h("div", { class: "bk-card" }, inside.length ? inside : note);
}

function found(value, ctx, depth) {
  if (!value || typeof value !== "object" || depth > DEEPEST) return [];
  return Object.entries(value).flatMap(([key, one]) => (SILENT.has(key) ? [] : shown(key, one, ctx, depth)));
}

function shown(key, one, ctx, depth) {
  if (typeof one === "string") return TEXTUAL.test(key) ? [line(key, one)] : [];
  if (Array.isArray(one)) return one.flatMap((each) => shown(key, each, ctx, depth + 1));
  if (one?.type === "plain_text" || one?.type === "mrkdwn") return [line(key, words(one, ctx))];
  if (one?.type === "rich_text") return [richText(one, ctx)];
  return found(one, ctx, depth + 1);
}

const TEXTUAL = /(text|title|label|name|description|subtitle|body)$/;

function line(key, inside) {
  return h(BOLD.has(key) ? "strong" : "div", { class: "bk-line" }, inside);
}
