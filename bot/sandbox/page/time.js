// Moments as people read them, in the zone of the person whose window this is.

const made = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return made.get(key);
}

/** The moment that a ts names. @param {string} ts */
export const dateOf = (ts) => new Date(Number(ts) * 1000);

/** "10:02". @param {Date} date @param {string} zone */
export const clock = (date, zone) => format(zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date);

const days = new Map();
const QUARTER = 900e3; // no zone begins its day within a quarter of an hour

/** "01/03/2026", which tells days apart; kept, since a long list asks for thousands. @param {Date} date @param {string} zone */
export function dayKey(date, zone) {
  const key = `${zone} ${Math.floor(date.getTime() / QUARTER)}`;
  if (!days.has(key)) days.set(key, format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).format(date));
  return days.get(key);
}

/** "Today", "Yesterday", "Monday, 2 March", with the year when it is another one. */
export function day(date, zone, now) {
  if (dayKey(date, zone) === dayKey(now, zone)) return "Today";
  if (dayKey(date, zone) === dayKey(new Date(now.getTime() - 86400e3), zone)) return "Yesterday";
  const year = date.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
  return format(zone, { weekday: "long", day: "numeric", month: "long", ...year }).format(date);
}

/** "Monday, 2 March 2026 at 10:02:05 GMT", for those who hover. */
export const full = (date, zone) =>
  format(zone, {
    weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit",
    second: "2-digit", hourCycle: "h23", timeZoneName: "short",
  }).format(date);

/** "3 minutes ago", "2 days ago". */
export function ago(date, now) {
  const seconds = Math.max(0, (now - date) / 1000);
  const steps = [[86400, "day"], [3600, "hour"], [60, "minute"]];
  for (const [size, word] of steps) {
    const n = Math.floor(seconds / size);
    if (n) return `${n} ${word}${n === 1 ? "" : "s"} ago`;
  }
  return "just now";
}

/** "London" of "Europe/London". @param {string} zone */
export const place = (zone) => zone.split("/").pop().replaceAll("_", " ");
