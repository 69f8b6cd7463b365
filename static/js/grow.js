/* What the chart does only while its session runs: it grows by new points, its flags follow the list of moments, and the
   tiles above are the switches of its lanes. */
(() => {
  'use strict';
  const root = document.querySelector('.lanes[data-chart]');
  if (!root) return;
  const html = document.documentElement, { data, plots, wide, pick, offer, shown, read, gather, redraw, placeFlags } = root.lanes;
  const { t, series, step } = data, keys = Object.keys(series);

  /* the address keeps which lanes are on, and the next poll redraws the tile from it */
  const toggle = (event) => {
    const tile = event.target.closest?.('a.tile[data-s]');
    if (!tile || (event.type === 'keydown' && event.key !== ' ') || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const on = tile.getAttribute('aria-pressed') !== 'true', key = tile.dataset.s;
    tile.setAttribute('aria-pressed', on);
    wide[on ? 'add' : 'delete'](key);
    const address = new URL(location.href), drivers = keys.filter((k) => k !== 'viewers' && wide.has(k)).join();
    if (drivers === data.usual) address.searchParams.delete('on'); else address.searchParams.set('on', drivers || 'none');
    history.pushState(null, '', address.href.replace(/%2C/g, ','));
    html.dataset.view = location.search;
    for (const link of root.querySelectorAll('nav.seg a, .files a')) {
      const other = new URL(link.href);
      if (address.searchParams.has('on')) other.searchParams.set('on', address.searchParams.get('on')); else other.searchParams.delete('on');
      link.href = other;
    }
    pick();
  };
  document.addEventListener('click', toggle);
  document.addEventListener('keydown', toggle);

  const list = document.getElementById('moments');
  let listed = list && gather();
  if (list) new MutationObserver(() => {
    if (listed === (listed = gather())) return;
    redraw();
    if (plots.size) placeFlags();
  }).observe(list, { childList: true, subtree: true, attributes: true });

  /* the last point may still grow, so the next answer replaces it; its rates wait until it is complete. Only lanes in
     which something changed are drawn */
  const append = (answer) => {
    const edges = () => JSON.stringify([t[0], t.at(-1), data.gaps]), ends = () => keys.map((k) => series[k].at(-1));
    const reached = edges(), ended = ends();
    const seconds = (text) => (text == null ? null : Date.parse(text) / 1000);
    for (const [i, point] of answer.points.entries()) {
      const at = seconds(point.t);
      while (t.length && t.at(-1) >= at) { t.pop(); for (const k of keys) series[k].pop(); }
      while (t.length && at - t.at(-1) > step) { t.push(t.at(-1) + step); for (const k of keys) series[k].push(null); }
      t.push(at);
      for (const k of keys) {
        const known = k === 'viewers' || i < answer.points.length - 1;
        series[k].push(known ? point[k === 'gifts' ? data.gifts : k] ?? null : null);
      }
    }
    if (data.span) while (t.length && t[0] < t.at(-1) - data.span) { t.shift(); for (const k of keys) series[k].shift(); }
    if (answer.gaps) data.gaps = answer.gaps.map((g) => ({ from: seconds(g.from), to: seconds(g.to) }));
    const moved = reached !== edges(), now = ends();
    for (const [key, u] of plots) {
      if (!moved && now[keys.indexOf(key)] === ended[keys.indexOf(key)]) continue;
      offer(root.querySelector(`.lane[data-s=${key}]`));
      u.setData([t, shown(key)]);
    }
    if (!root.hasAttribute('data-scrub')) read(null);
  };
  const ask = async () => {
    if (document.hidden || 'paused' in html.dataset) return;
    try {
      const since = t.length ? new Date(t.at(-1) * 1000).toISOString() : '';
      const answer = await html.together(`${data.source}&since=${since}`, { headers: { accept: 'application/json' } });
      if (answer.status === 200) append(JSON.parse(await answer.text()));
    } catch { /* the pulse notices and says that the app is away */ }
  };
  if (data.source) {
    /* begun with the timers of htmx, so that what falls on the same second is drawn together. How often may change while
       the page stands; the pulse, if there is one, brings it */
    let every, timer;
    const keepTime = () => {
      const now = Number(document.getElementById('pulse')?.dataset.chartEvery ?? data.every);
      if (now === every) return;
      clearInterval(timer);
      every = now;
      timer = setInterval(() => { ask(); keepTime(); }, every);
    };
    document.addEventListener('htmx:after:init', keepTime);
    if (document.querySelector('[data-htmx-powered]')) keepTime();
    document.addEventListener('visibilitychange', ask);
  }
})();
