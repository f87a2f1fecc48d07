// The emoji that the page offers, and the picture of any other.

import { EMOJI } from "./emoji.js";

/** What people react with at work; these stand beside each message. */
export const QUICK = ["eyes", "white_check_mark", "pushpin"];
const OFTEN = [
  ...QUICK, "+1", "-1", "raised_hands", "pray", "heart", "tada", "thinking_face", "rotating_light", "fire",
  "hourglass_flowing_sand", "question", "x", "memo", "bulb", "clap", "wave", "rocket", "coffee",
  "hammer_and_wrench", "mag", "zzz",
];

/** The picture of a name, or :name: where there is none. @param {string} name */
export const glyph = (name) => EMOJI.get(name.split("::")[0]) ?? `:${name}:`;

/** Names with a picture that begin with or hold the letters; what is used often when there are none.
 * @param {string} letters @param {number} [most] @returns {string[]} */
export function found(letters, most = 48) {
  const wanted = letters.toLowerCase().replaceAll(":", "").trim();
  if (!wanted) return OFTEN.filter((name) => EMOJI.has(name));
  const fitting = [...EMOJI.keys()].filter((name) => name.includes(wanted));
  return fitting.sort((a, b) => b.startsWith(wanted) - a.startsWith(wanted)).slice(0, most);
}
