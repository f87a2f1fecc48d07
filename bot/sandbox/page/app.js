// Starts the page.

import * as server from "./server.js";
import { store } from "./store.js";

async function start() {
  const person = location.hash.split("/")[1] || "ada";
  server.speakAs(person);
  const boot = await server.get("boot");
  server.speakAs(boot.me.id);
  store.start(boot);
  server.listen(boot.me.id, { any: (kind, data) => store.apply(kind, data) }, boot.last);
  document.querySelector("#room-name").textContent = `You are ${boot.me.real_name}`;
}

start();
