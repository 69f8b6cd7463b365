/* The signature chart: one uPlot per lane, one time axis, one cursor. The points come with the page; while the session
   runs, grow.js adds to them, and nothing is drawn anew from scratch. What is done with the chart beyond reading it is
   in choose.js. Colours, dashes and marks are read from CSS. */
(() => {
  'use strict';
  const css = (el, name) => getComputedStyle(el).getPropertyValue(name).trim();
  const $ = (root, sel) => root.querySelector(sel), $$ = (root, sel) => [...root.querySelectorAll(sel)];
  const nice = (x) => { const p = 10 ** Math.floor(Math.log10(x)), f = x / p; return Math.max(1, (f > 3.5 ? 5 : f > 1.5 ? 2 : 1) * p); };
  const multiples = (end, step) => Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step);

  const hatch = (colour) => {
    const tile = document.createElement('canvas'), n = 7 * devicePixelRatio, t = tile.getContext('2d');
    tile.width = tile.height = n;
    t.strokeStyle = colour;
    t.lineWidth = devicePixelRatio;
    t.beginPath();
    t.moveTo(-1, n + 1); t.lineTo(n + 1, -1);
    t.moveTo(-1, 1); t.lineTo(1, -1);
    t.moveTo(n - 1, n + 1); t.lineTo(n + 1, n - 1);
    t.stroke();
    return t.createPattern(tile, 'repeat');
  };

  /* the marks as paths around (0, 0), ten pixels wide: the same shapes as --mark in tokens.css */
  const shape = {
    likes: 'M0 5C-11-2.5-4.5-7.5 0-2.5C4.5-7.5 11-2.5 0 5',
    comments: 'M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0',
    gifts: 'M0-5L5 0L0 5L-5 0z',
    follows: 'M0-5L5 4.25H-5z',
    shares: 'M-4-4H4V4H-4z',
  };
  for (const key in shape) shape[key] = new Path2D(shape[key]);

  function lanes(root) {
    const data = JSON.parse(root.dataset.chart), { t, series, words, step } = data;
    const html = document.documentElement;
    const compact = new Intl.NumberFormat(html.lang, { notation: 'compact', maximumFractionDigits: 1 });
    const clock = (s, end = 16) => new Date((s + data.offset) * 1000).toISOString().slice(11, end).replaceAll(':', words.colon);
    const shown = (key) => (key === 'viewers' ? series[key] : series[key].map((v) => (v == null ? null : v * 60 / step)));
    const plots = new Map();
    /* lanes that end below their outliers, and where */
    const clipped = new Map();
    let width = 0;
    const narrow = () => width < 640;
    /* what the theme says and how wide the rail of flags is, read once a drawing: asking a browser for a style or a size
       after something was written makes it lay the page out */
    const ink = {};

    /* behind the line: battle bands and hatched gaps, painted by every lane over its full height so they read as one */
    const behind = (key) => (u) => {
      const c = u.ctx, { left, top, width, height } = u.bbox, dpr = devicePixelRatio, X = (v) => u.valToPos(v, 'x', true);
      const end = t.at(-1);
      c.save();
      c.beginPath();
      c.rect(left, 0, width, c.canvas.height);
      c.clip();
      for (const b of data.battles) {
        const from = X(b.from), to = X(b.to ?? end);
        c.globalAlpha = .055;
        c.fillStyle = ink.text;
        c.fillRect(from, 0, to - from, c.canvas.height);
        c.globalAlpha = .3;
        c.fillRect(from, 0, dpr, c.canvas.height);
        c.fillRect(to, 0, dpr, c.canvas.height);
      }
      for (const g of data.gaps) {
        c.globalAlpha = .5;
        c.fillStyle = ink.hatch;
        const from = X(g.from), wide = X(g.to ?? end) - from, seen = Math.max(7 * dpr, wide);
        c.fillRect(from - (seen - wide) / 2, 0, seen, c.canvas.height);
      }
      if (data.chosen) {
        c.globalAlpha = .14;
        c.fillStyle = ink.link;
        c.fillRect(X(data.chosen[0]), 0, X(data.chosen[1]) - X(data.chosen[0]), c.canvas.height);
      }
      c.globalAlpha = .45;
      for (const m of moments) {
        c.fillStyle = ink.text;
        if (m.kind === 'moment') c.fillRect(Math.round(X(m.t)), 0, dpr, c.canvas.height);
        else if (m.kind === 'marker') for (let y = 0; y < c.canvas.height; y += 6 * dpr) c.fillRect(Math.round(X(m.t)), y, dpr, 3 * dpr);
        else if (key === 'viewers') {
          c.fillStyle = ink.warn;
          for (let y = top; y < top + height; y += 4 * dpr) c.fillRect(X(m.t), y, Math.max(3 * dpr, X(m.to) - X(m.t)), dpr);
        }
      }
      c.globalAlpha = 1;
      if (key === 'viewers') {
        c.font = `${13 * dpr}px ${ink.font}`;
        c.textAlign = 'left';
        c.textBaseline = 'middle';
        for (const b of data.battles) {
          const from = Math.max(left, X(b.from)) + 6 * dpr;
          if (c.measureText(b.label).width > X(b.to ?? end) - from - 4 * dpr) continue;
          c.fillStyle = ink.muted;
          c.fillText(b.label, from, top + height - 12 * dpr);
        }
        for (const g of data.gaps) {
          const room = X(g.to ?? end) - X(g.from), label = [g.label, words.gap].find((s) => s && c.measureText(s).width < height - 10 * dpr);
          if (room < 20 * dpr || !label) continue;
          const wide = c.measureText(label).width;
          c.save();
          c.translate((X(g.from) + X(g.to ?? end)) / 2, top + height / 2);
          c.rotate(-Math.PI / 2);
          c.fillStyle = ink.card;
          c.fillRect(-wide / 2 - 5 * dpr, -10 * dpr, wide + 10 * dpr, 20 * dpr);
          c.fillStyle = ink.muted;
          c.fillText(label, -wide / 2, 0);
          c.restore();
        }
      }
      c.restore();
    };
    /* above a lane: a burst with the mark of its series, and the lead bracket from what came before a moment to the moment */
    const brackets = (key, colour) => (u) => {
      const c = u.ctx, dpr = devicePixelRatio, X = (v) => u.valToPos(v, 'x', true), y = u.bbox.top + 6 * dpr;
      c.save();
      c.beginPath();
      c.rect(u.bbox.left, 0, u.bbox.width, c.canvas.height);
      c.clip();
      c.lineWidth = 1.5 * dpr;
      c.font = `600 ${13 * dpr}px ${ink.font}`;
      c.textAlign = 'left';
      c.textBaseline = 'middle';
      for (const m of moments) {
        const a = X(m.burst), b = X(m.t);
        if (m.first !== key || b - a < 9 * dpr) continue;
        c.strokeStyle = colour;
        c.beginPath();
        c.moveTo(a, y + 6 * dpr); c.lineTo(a, y); c.lineTo(b - 2 * dpr, y);
        c.moveTo(b - 6 * dpr, y - 4 * dpr); c.lineTo(b - 1.5 * dpr, y); c.lineTo(b - 6 * dpr, y + 4 * dpr);
        c.stroke();
        c.fillStyle = ink.text;
        if (b - a > 30 * dpr && b + 6 * dpr + c.measureText(m.lead).width < u.bbox.left + u.bbox.width) c.fillText(m.lead, b + 6 * dpr, y + 3 * dpr);
      }
      c.fillStyle = colour;
      c.strokeStyle = ink.card;
      c.lineWidth = 2;
      for (const [from, to] of bursts[key] ?? []) {
        /* at the height of the burst, not at the foot it rises from */
        const first = t.findIndex((v) => v > from - step), known = u.data[1].slice(first, t.findLastIndex((v) => v < to) + 1).filter((v) => v != null);
        if (first < 0 || !known.length) continue;
        const value = Math.max(...known), i = u.data[1].indexOf(value, first);
        c.save();
        c.translate(X(t[i]), Math.max(u.bbox.top, u.valToPos(value, 'y', true)));
        c.scale(dpr, dpr);
        c.stroke(shape[key]);
        c.fill(shape[key]);
        c.restore();
      }
      c.restore();
    };
    /* above the line of viewers: the newest sample */
    const newest = (u) => {
      const i = series.viewers.findLastIndex((v) => v != null);
      if (i < 0) return;
      u.ctx.fillStyle = ink.viewers;
      u.ctx.beginPath();
      u.ctx.arc(u.valToPos(t[i], 'x', true), u.valToPos(series.viewers[i], 'y', true), 4 * devicePixelRatio, 0, 7);
      u.ctx.fill();
    };

    const looks = (lane) => ({
      colour: css(lane, '--c'), dash: css(lane, '--dash').split(' ').map(Number).filter(Boolean), box: $(lane, '.plot').getBoundingClientRect(),
    });
    const options = (key, { colour, dash, box }) => {
      const top = key === 'viewers';
      return {
        width: Math.round(box.width), height: Math.round(box.height), legend: { show: false }, padding: [top ? 6 : 0, 0, top ? 8 : 0, 0],
        cursor: { sync: { key: root.id, setSeries: false }, y: false, points: { size: 7, fill: colour, width: 0 }, drag: { x: true, y: false, setScale: false } },
        scales: { x: { time: true }, y: { range: (u, lo, hi) => [0, ((clipped.get(key) ?? hi) || 1) * (top ? (narrow() ? 1.34 : 1.12) : 1.5)] } },
        axes: [
          { show: false },
          { size: Number.parseFloat(ink.axis), gap: 6, stroke: ink.muted, font: `13px ${ink.font}`, ticks: { show: false }, border: { show: false },
            grid: { stroke: ink.hair, width: 1, filter: (u, s) => (top ? s : s.map(() => null)) },
            splits: (u) => { const hi = u.scales.y.max; return top ? multiples(hi, nice(hi / 2.6)) : [0, nice(hi / 1.9)]; },
            values: (u, s) => s.map((v) => (v === 0 && !top ? '' : compact.format(v))) },
        ],
        series: [{}, { stroke: colour, width: top ? 2.5 : 1.5, dash: dash.length ? dash : undefined, fill: colour + (top ? '14' : '24'), spanGaps: false, points: { show: false } }],
        hooks: { drawAxes: [behind(key)], draw: top ? [newest, place] : [brackets(key, colour)], setCursor: top ? [(u) => read(u.cursor.idx)] : [], setSelect: top ? [(u) => root.lanes.dragged?.(u)] : [] },
      };
    };

    /* choose.js shows the values at the cursor, and at the end again when it leaves */
    const read = (detail) => { if (detail != null || root.hasAttribute('data-scrub')) root.dispatchEvent(new CustomEvent('read', { detail })); };
    /* flags stand where their moments are, or close by; those of moments that lie closer become one, which leads to the
       first of them. A label goes where there is no room for it, then its flag: the line stays, and the list below has both */
    const named = (group) => (group.length > 1 ? `${group[0].number}–${group.at(-1).number}` : group[0].number);
    const pip = (group) => {
      const el = Object.assign(document.createElement('a'), { className: 'pip', href: group[0].href, textContent: named(group) });
      el.title = group.map((m) => m.label).join('\n');
      el.setAttribute('aria-label', `${named(group)}: ${group.map((m) => m.label).join('; ')}`);
      return el;
    };
    const note = (m) => {
      const el = Object.assign(document.createElement('span'), { className: 'note', title: m.label, innerHTML: '<svg class="i" aria-hidden="true"><use href="#i-flag"/></svg>' });
      el.append(Object.assign(document.createElement('span'), { textContent: m.label }));
      return el;
    };
    const placeFlags = () => {
      const u = plots.get('viewers'), rail = $(root, '.flags'), edge = ink.rail + 11, room = (group) => Math.max(24, 13 + 8 * named(group).length);
      const seen = moments.filter((m) => m.kind !== 'glitch' && m.t >= t[0] && m.t <= t.at(-1) + step), notes = seen.filter((m) => m.kind === 'marker');
      const groups = seen.filter((m) => m.kind === 'moment').map((m) => [m]);
      let taken, close;
      do {
        taken = [];
        close = groups.findIndex((group) => {
          const own = Math.min(u.valToPos(group[0].t, 'x') - 11, edge - room(group)), at = Math.max(own, (taken.at(-1)?.[1] ?? own - 2) + 2);
          taken.push([at, at + room(group)]);
          return at > own + 11;
        });
        if (close > 0) groups.splice(close - 1, 2, [...groups[close - 1], ...groups[close]]);
      } while (close > 0);
      const holds = JSON.stringify([groups, notes]);
      if (rail.dataset.holds !== holds) {
        rail.replaceChildren(...groups.map(pip), ...notes.map(note));
        rail.dataset.holds = holds;
      }
      const put = (el, [from, to]) => { el.style.insetInlineStart = `${from}px`; el.hidden = from === to; };
      taken.forEach((where, i) => put(rail.children[i], where));
      const labels = [...rail.children].slice(groups.length), bare = 18;
      for (const el of labels) { el.hidden = false; el.classList.remove('bare'); }
      const wide = labels.map((el) => el.offsetWidth);
      for (const [i, m] of notes.entries()) {
        const from = u.valToPos(m.t, 'x') - 11;
        const fits = (room) => from + room <= edge && taken.every(([a, b]) => from >= b || from + room <= a) && [from, from + room];
        const where = fits(wide[i]) || (labels[i].classList.add('bare'), fits(bare)) || [from, from];
        taken.push(where);
        put(labels[i], where);
      }
    };
    /* after each drawing, when sizes and scales are those that are seen */
    const place = (u) => {
      if (!u.root.isConnected) return;
      const x = (v) => `${u.valToPos(v, 'x')}px`, bar = $(root, '.timeaxis');
      $$(bar, 'span:not(.zone)').forEach((e) => e.remove());
      const span = t.at(-1) - t[0], every = [60, 120, 300, 600, 900, 1800, 3600, 7200].find((s) => span / s <= (narrow() ? 4.5 : 9)) || 14400;
      for (let v = Math.ceil((t[0] + data.offset) / every) * every - data.offset; v <= t.at(-1) - every * .12; v += every) {
        if (v - t[0] < every * .12) continue;
        const tick = document.createElement('span');
        tick.textContent = clock(v);
        tick.style.insetInlineStart = x(v);
        bar.append(tick);
      }
      const last = series.viewers.findLast((v) => v != null);
      if (!narrow() && last != null) $(root, '.lane[data-s=viewers]').style.setProperty('--at', `${Math.min(110, Math.max(0, u.valToPos(last, 'y') - 4))}px`);
      placeFlags();
    };
    /* only lanes that came or went, unless what all of them look like changed. All is read before anything is written. At
       first each lane is drawn in a task of its own, so that presses are answered in between; all are shown at once, because
       a lane that is shown in a later frame stays blank in a picture of the whole page */
    let drawings = 0;
    const draw = async (all) => {
      const mine = drawings += 1;
      for (const name of ['text', 'muted', 'card', 'link', 'warn', 'hair', 'viewers', 'axis']) ink[name] = css(root, `--${name}`);
      ink.font = css(document.body, 'font-family');
      ink.rail = $(root, '.flags').clientWidth;
      const due = $$(root, '.lane').filter((lane) => all || Boolean(lane.offsetParent) !== plots.has(lane.dataset.s)).map((lane) => [lane, lane.offsetParent && looks(lane)]);
      ink.hatch = hatch(ink.muted);
      for (const [lane, look] of due) {
        const key = lane.dataset.s;
        if (mine < 2) await new Promise(setTimeout);
        if (mine < drawings) return;
        plots.get(key)?.destroy();
        plots.delete(key);
        if (look) plots.set(key, new uPlot(options(key, look), [t, shown(key)]));
      }
      for (const [key, u] of plots) if (!u.root.isConnected) $(root, `.lane[data-s=${key}] .plot`).append(u.root);
      const u = plots.get('viewers');
      if (mine < 2) {
        await new Promise(setTimeout);
        place(u);
      }
      read(null);
      if (data.shown) u.setCursor({ left: u.valToPos(data.shown, 'x'), top: 10 });
    };

    /* phone: one driver lane at a time, chosen by a radio group; wide: the lanes named in the address */
    const wide = new Set($$(root, '.lane:not([hidden])').map((l) => l.dataset.s));
    const pick = (all) => {
      const one = $(root, '.pick :checked')?.value;
      for (const lane of $$(root, '.lane')) lane.hidden = lane.dataset.s !== 'viewers' && (narrow() ? lane.dataset.s !== one : !wide.has(lane.dataset.s));
      draw(all);
    };
    $(root, '.pick')?.addEventListener('change', () => pick());
    /* the moments are those of the list under the chart */
    const list = document.getElementById('moments');
    const gather = () => {
      moments = $$(list, '[data-t]').map(({ dataset: d }) => ({ ...d, t: +d.t, to: +d.to, burst: +d.burst }));
      bursts = JSON.parse(list.dataset.bursts);
      return JSON.stringify([moments, bursts]);
    };
    let moments = [], bursts = {};
    if (list) gather();
    const redraw = () => plots.forEach((u) => u.redraw(false, true));

    new ResizeObserver(() => { if (root.clientWidth !== width) { width = root.clientWidth; pick(true); } }).observe(root);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => draw(true));
    new MutationObserver(() => draw(true)).observe(html, { attributeFilter: ['data-theme'] });
    /* what of it choose.js and grow.js need */
    root.lanes = { data, plots, wide, pick, shown, gather, redraw, placeFlags, clipped, clock };
  }
  for (const root of document.querySelectorAll('.lanes[data-chart]')) lanes(root);
})();
