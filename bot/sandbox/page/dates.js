/** Slack's date tokens in a person's time zone, and wall clocks in a zone. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
// Slack's steps of {ago}: the unit, and up to how many seconds it is counted in.
const STEPS = [
  ["minute", MINUTE, HOUR],
  ["hour", HOUR, DAY],
  ["day", DAY, 30 * DAY],
  ["month", 30 * DAY, 365 * DAY],
  ["year", 365 * DAY, Infinity],
];
const SUFFIX = { one: "st", two: "nd", few: "rd", other: "th" };
const ORDINALS = new Intl.PluralRules("en", { type: "ordinal" });
const known = new Map();

function formatter(tz, options) {
  const key = tz + JSON.stringify(options);
  if (!known.has(key)) known.set(key, new Intl.DateTimeFormat("en-US", { timeZone: tz, ...options }));
  return known.get(key);
}

/** The wall clock of a moment (seconds since 1970) in a zone. */
export function wall(seconds, tz) {
  const parts = formatter(tz, {
    hourCycle: "h23", weekday: "long", year: "numeric", month: "long", day: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).formatToParts(new Date(seconds * 1000));
  const of = Object.fromEntries(parts.map((part) => [part.type, part.value]));
  const month = formatter(tz, { month: "numeric" }).format(new Date(seconds * 1000));
  return { ...of, year: Number(of.year), day: Number(of.day), number: Number(month) };
}

const two = (number) => String(number).padStart(2, "0");
const iso = (at) => `${at.year}-${two(at.number)}-${two(at.day)}`;
const nth = (day) => `${day}${SUFFIX[ORDINALS.select(day)]}`;

function nearDay(seconds, tz, now) {
  const day = (moment) => Date.parse(iso(wall(moment, tz))) / 1000 / DAY;
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[day(seconds) - day(now)] ?? "";
}

/** "5 minutes ago" or "in 2 hours". */
export function ago(seconds, now) {
  const off = seconds - now;
  const far = Math.abs(off);
  if (far < MINUTE) return off > 0 ? "in less than a minute" : "less than a minute ago";
  const [unit, length] = STEPS.find(([, , end]) => far < end);
  const count = Math.floor(far / length);
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return off > 0 ? `in ${words}` : `${words} ago`;
}

const TOKENS = {
  date_num: (at) => iso(at),
  date_slash: (at) => `${two(at.day)}/${two(at.number)}/${at.year}`,
  date: (at) => `${at.month} ${nth(at.day)}, ${at.year}`,
  date_short: (at) => `${at.month.slice(0, 3)} ${at.day}, ${at.year}`,
  date_long: (at) => `${at.weekday}, ${at.month} ${nth(at.day)}, ${at.year}`,
  date_long_full: (at) => `${at.month} ${at.day}, ${at.year}`,
  time: (at) => `${at.hour}:${at.minute}`,
  time_secs: (at) => `${at.hour}:${at.minute}:${at.second}`,
  ago: (at) => ago(at.seconds, at.now),
  date_pretty: (at) => at.near || TOKENS.date(at),
  date_short_pretty: (at) => at.near || TOKENS.date_short(at),
  date_long_pretty: (at) => at.near || TOKENS.date_long(at),
  day_divider_pretty: (at) => at.near || (at.year === at.thisYear ? withoutYear(at) : TOKENS.date_long(at)),
};
const withoutYear = (at) => `${at.weekday}, ${at.month} ${nth(at.day)}`;

/**
 * Fills Slack's tokens in; a pretty day at the very beginning has a capital letter.
 * @param {number} seconds since 1970
 * @param {string} format such as "{date_short_pretty} at {time}"
 * @param {string} tz such as "Europe/London"
 * @param {number} now seconds since 1970
 * @returns {string} "" when the moment is none
 */
export function formatted(seconds, format, tz, now) {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 8.64e12) return "";
  const at = { ...wall(seconds, tz), seconds, now, near: nearDay(seconds, tz, now) };
  at.thisYear = wall(now, tz).year;
  return format.replace(/\{(\w+)\}/g, (whole, token, place) => {
    const words = TOKENS[token]?.(at) ?? whole;
    const isFirst = place === 0 && /pretty$/.test(token);
    return isFirst ? words.charAt(0).toUpperCase() + words.slice(1) : words;
  });
}

/** The whole moment in words, for a title: "Monday, March 2nd, 2026 at 12:00 (Europe/London)". */
export function whole(seconds, tz) {
  return `${formatted(seconds, "{date_long} at {time}", tz, seconds + 10 * DAY)} (${tz})`;
}

/** What <input type="datetime-local"> shows for a moment in a zone. */
export function toLocal(seconds, tz) {
  const at = wall(seconds, tz);
  return `${iso(at)}T${at.hour}:${at.minute}`;
}

/** The moment (seconds since 1970) at which clocks in a zone show "2026-03-02T12:00"; null when empty. */
export function fromLocal(local, tz) {
  const wanted = Date.parse(`${local}Z`) / 1000;
  if (!local || Number.isNaN(wanted)) return null;
  let guess = wanted;
  // Twice, since the first guess may lie on the other side of a change of clocks.
  for (let round = 0; round < 2; round += 1) {
    guess += wanted - Date.parse(`${toLocal(guess, tz)}Z`) / 1000;
  }
  return guess;
}
