"use strict";
// Times as the reader's own clock shows them; and a word when the page has become old.
{
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const year = new Date().getFullYear();
  for (const time of document.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    const shape = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
    if (at.getFullYear() !== year) shape.year = "numeric";
    time.textContent = new Intl.DateTimeFormat(undefined, shape).format(at);
  }
  const zone = document.getElementById("zone");
  if (zone && own) zone.textContent = `Times are yours (${own}); days are counted in UTC`;

  const mark = document.documentElement.dataset.mark;
  let first = "";
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.pathname + location.search, { method: "HEAD", cache: "no-store" });
      const now = answer.ok ? answer.headers.get("x-status-mark") || answer.headers.get("etag") || "" : "";
      const seen = answer.headers.get("x-status-mark") ? mark : (first ||= now);
      if (!now || now === seen) return;
      if (scrollY < 200 && !document.querySelector("details[open]")) location.reload();
      else document.getElementById("news").hidden = false;
    } catch {
      // We are not reached at the moment; what is shown stays.
    }
  };
  setInterval(look, 30000);
}
