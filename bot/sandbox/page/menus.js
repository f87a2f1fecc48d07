/** Slack's select menus: options of the app, options that the app looks up, people and channels. */

import { Chooser } from "./chooser.js";
import { nameOf } from "./mrkdwn.js";
import { said } from "./surface.js";

const LEAST_LETTERS = 3;
const PATIENCE = 300; // milliseconds after the last letter before the app is asked
const SLACKBOT = "USLACKBOT";

/** A select menu of any kind as a control. @param {{onChange: Function, isInput: boolean, label: string}} how */
export function menu(element, block, surface, how) {
  const kind = element.type.replace(/^multi_/, "");
  const isMany = element.type.startsWith("multi_");
  const { source, itemOf } = KINDS[kind](element, block, surface);
  const first = surface.first(block, element);
  const chosen = (isMany ? first : [first]).filter((one) => one != null).map(itemOf);
  const held = (items) => (isMany ? items.map((one) => one.held) : (items[0]?.held ?? null));
  const chooser = new Chooser({
    source, isMany, chosen,
    label: how.label,
    most: element.max_selected_items,
    placeholder: said(element.placeholder) || PLACEHOLDERS[kind],
    canBeEmptied: how.isInput && block.optional,
    onChange: (now, before) => how.onChange(held(now), () => chooser.write(before)),
  });
  return { node: chooser.node, target: chooser.target, read: () => held(chooser.chosen), focus: () => chooser.target.focus() };
}

const PLACEHOLDERS = {
  static_select: "Choose an option",
  external_select: "Choose an option",
  users_select: "Choose a person",
  conversations_select: "Choose a conversation",
  channels_select: "Choose a channel",
};

const optionItem = (option) => ({ key: option.value, text: said(option.text), note: said(option.description), held: option });

/** Every word that was typed begins a word of the text, or stands somewhere in it. */
function fits(text, typed) {
  const low = text.toLowerCase();
  return typed.toLowerCase().split(/\s+/).every((word) => low.includes(word));
}

const narrowed = (items, typed) => (typed ? items.filter((item) => fits(`${item.text} ${item.note ?? ""}`, typed)) : items);

function groupsOf(offered) {
  if (offered.option_groups) return offered.option_groups.map((one) => ({ label: said(one.label), items: one.options.map(optionItem) }));
  return [{ label: "", items: (offered.options ?? []).map(optionItem) }];
}

function fixed(element) {
  const groups = groupsOf(element);
  return { itemOf: optionItem, source: (typed) => groups.map((one) => ({ ...one, items: narrowed(one.items, typed) })) };
}

/** Waits until the typing rests, then asks the app; an answer that comes too late is of no use to anyone. */
function lookedUp(element, block, surface) {
  const least = element.min_query_length ?? LEAST_LETTERS;
  let timer = 0;
  const ask = async (typed) => {
    const answer = await surface.suggest(block, element, typed);
    if (answer.error) throw new Error("Closeout did not answer in time. Type on to try again.");
    return groupsOf(answer.option_groups?.length ? answer : { options: answer.options });
  };
  const source = (typed) => {
    clearTimeout(timer);
    if (typed.length < least) return Promise.reject(new Error(`Type at least ${least} letters.`));
    return new Promise((resolve, reject) => {
      timer = setTimeout(() => ask(typed).then(resolve, reject), PATIENCE);
    });
  };
  return { source, itemOf: optionItem };
}

function people(element, block, surface) {
  const itemOf = (id) => {
    const person = surface.ctx.people.get(id);
    const isMe = id === surface.ctx.me?.id;
    return { key: id, text: person ? nameOf(person) + (isMe ? " (you)" : "") : id, note: person ? `@${person.name}` : "", held: id };
  };
  const source = (typed) => {
    const present = [...surface.ctx.people.values()].filter((one) => !one.deleted && one.id !== SLACKBOT);
    return [{ label: "", items: narrowed(present.map((one) => itemOf(one.id)), typed) }];
  };
  return { source, itemOf };
}

function rooms(element, surface, kinds) {
  const { ctx } = surface;
  const itemOf = (id) => ({ key: id, text: roomName(ctx, ctx.channels.get(id)) || id, note: "", held: id });
  const source = (typed) => {
    const shown = [...ctx.channels.values()].filter((one) => !one.is_archived && kinds.includes(kindOf(one)));
    return [{ label: "", items: narrowed(shown.map((one) => itemOf(one.id)), typed) }];
  };
  return { source, itemOf };
}

function kindOf(channel) {
  if (channel.is_im) return "im";
  return channel.is_private ? "private" : "public";
}

function roomName(ctx, channel) {
  if (!channel?.is_im) return channel ? `${channel.is_private ? "🔒 " : "#"}${channel.name}` : "";
  const other = (channel.members ?? []).find((id) => id !== ctx.me?.id);
  return nameOf(ctx.people.get(other) ?? { id: other });
}

const KINDS = {
  static_select: fixed,
  external_select: lookedUp,
  users_select: people,
  channels_select: (element, block, surface) => rooms(element, surface, ["public"]),
  conversations_select: (element, block, surface) =>
    rooms(element, surface, element.filter?.include ?? ["public", "private", "im", "mpim"]),
};
