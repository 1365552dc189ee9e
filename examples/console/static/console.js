// Live progress from one stream of server-sent events per page. Without this script the pages show the same, without updates.
"use strict";

(() => {
  const live = document.querySelector("[data-live]");
  if (!live) return;

  const announcer = document.querySelector("[data-part=announcer]");
  const quarter = new Map(); // by run: the last announced quarter
  const parts = (run, part) => document.querySelectorAll(`[data-run="${CSS.escape(run)}"] [data-part=${part}]`);

  function show(run) {
    const known = document.querySelector(`[data-run="${CSS.escape(run.id)}"]`);
    if (!known) {
      const news = document.querySelector("[data-part=news]");
      if (news && run.live) news.hidden = false;
      return;
    }
    for (const bar of parts(run.id, "bar")) {
      bar.max = Math.max(run.total, 1);
      bar.value = run.done;
    }
    for (const text of parts(run.id, "text")) text.textContent = run.text;
    for (const asset of parts(run.id, "asset")) asset.textContent = run.asset;
    for (const line of parts(run.id, "asset-line")) line.hidden = !run.asset || !run.live;
    for (const state of parts(run.id, "state")) {
      state.textContent = run.state;
      state.className = `badge is-${run.state}`;
    }
    announce(run);
  }

  // Announces each quarter and the end to screen readers.
  function announce(run) {
    const now = run.live ? Math.floor((4 * run.done) / Math.max(run.total, 1)) : "end";
    if (!announcer || quarter.get(run.id) === now) return;
    if (quarter.has(run.id) || !run.live) announcer.textContent = `${run.state}: ${run.text}`;
    quarter.set(run.id, now);
  }

  const stream = new EventSource(live.dataset.live);
  stream.addEventListener("runs", (event) => {
    const runs = JSON.parse(event.data);
    runs.forEach(show);
    if ("reload" in live.dataset && !runs.some((run) => run.live)) {
      stream.close();
      location.reload();
    }
  });
  addEventListener("pagehide", () => stream.close());
})();
