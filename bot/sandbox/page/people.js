// Who this window is: the switcher in the strip on top.

import { face, el, sign } from "./make.js";
import { openMenu } from "./menu.js";
import { store } from "./store.js";
import { clock, place } from "./time.js";

/** The button "You are: Ada", and its menu. @param {HTMLElement} root */
export function people(root) {
  const button = el("button", { type: "button", class: "strip-button", "aria-haspopup": "menu", "aria-expanded": "false" });
  button.addEventListener("click", () => open(button));
  root.replaceChildren(button);
  draw(button);
  store.subscribe((kind) => kind === "person" && draw(button));
}

function draw(button) {
  const name = store.me.real_name.split(" ")[0];
  button.replaceChildren(face(store.me), el("span", {}, el("span", { class: "you-are", text: "You are: " }), el("strong", { text: name })), sign("down"));
}

function open(button) {
  const cast = [...store.people.values()].filter((one) => !one.is_bot && !one.deleted && one.id !== "USLACKBOT");
  const items = [{ heading: "Become somebody else" }];
  for (const one of cast) items.push(item(one));
  items.push({ line: true }, { heading: "In a second window" });
  for (const one of cast.filter((other) => other.id !== store.me.id).slice(0, 3)) {
    items.push({ label: `Open as ${one.real_name.split(" ")[0]}`, mark: sign("window"), href: address(one), target: "_blank" });
  }
  openMenu(button, items, "People").classList.add("people-menu");
}

const item = (person) => ({
  label: person.real_name, note: hint(person), mark: face(person), isChecked: person.id === store.me.id, href: address(person),
});

/** What to know about a person in a few words: role, place and the time there. */
export function hint(person) {
  const role = person.is_admin ? "admin · " : person.is_restricted ? "guest · " : "";
  return `${role}${place(person.tz)}, ${clock(store.now(), person.tz)}`;
}

/** The address of the same place as somebody else, who may not be in that channel. */
function address(person) {
  const channel = store.channels.get(store.here.channel);
  const rest = store.here.isHome ? "/home" : channel && !channel.is_im ? `/${channel.id}` : "";
  return `#/${person.name}${rest}`;
}
