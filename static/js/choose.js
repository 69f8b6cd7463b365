/* What can be done with the chart beyond reading it: walk through it by keyboard, cut off an outlier, choose a window. A
   page whose session is over fetches this when somebody reaches for the chart (later.js). */
(() => {
  'use strict';
  const root = document.querySelector('.lanes[data-chart]');
  if (!root) return;
  const html = document.documentElement, { data, plots, shown, redraw, clipped, clock } = root.lanes, { t, series, step, words } = data;
  const full = new Intl.NumberFormat(html.lang);

  /* the labels at the right are also the readout: move the cursor and they show that moment */
  root.lanes.read = (idx) => {
    const out = root.querySelector('.timeaxis output'), u = plots.get('viewers');
    if (!u) return;
    out.textContent = idx == null ? '' : clock(t[idx]);
    root.toggleAttribute('data-scrub', idx != null);
    if (idx != null) out.style.insetInlineStart = `${u.valToPos(t[idx], 'x')}px`;
    for (const lane of root.querySelectorAll('.lane')) {
      const values = series[lane.dataset.s], at = idx ?? values.findLastIndex((v) => v != null), v = values[at];
      const now = lane.querySelector('.now b'), says = v == null ? words.none : full.format(Math.round(lane.dataset.s === 'viewers' ? v : v * 60 / step));
      if (now.textContent !== says) now.textContent = says;
    }
  };
  /* an outlier that flattens the rest may be cut off: the lane then ends at its 99th percentile, and says so */
  const offer = (lane) => {
    const key = lane.dataset.s, button = lane.querySelector('.clip');
    const known = shown(key).filter((v) => v != null).sort((a, b) => a - b), most = known.at(-1);
    const high = known.length < 60 ? 0 : known[Math.floor(known.length * .99) - 1];
    button.hidden = !(high > 0 && most > 1.5 * high);
    if (button.hidden) clipped.delete(key);
    else if (clipped.has(key)) clipped.set(key, high);
    button.setAttribute('aria-pressed', clipped.has(key));
    const says = clipped.has(key) ? words.clipped.replace('{most}', full.format(Math.round(most))) : words.clip;
    if (button.textContent !== says) button.textContent = says;
  };
  root.lanes.offer = offer;
  root.addEventListener('read', ({ detail }) => root.lanes.read(detail));

  /* a window: dragged, pressed twice, or two times typed; the answer comes in place and the address keeps it */
  const form = root.querySelector('form.window');
  let pressed = null;
  const timeOf = (s) => clock(Math.round(s), 19);
  const choose = (a, b) => {
    pressed = null;
    form.elements.from.value = timeOf(Math.min(a, b));
    form.elements.to.value = timeOf(Math.max(a, b));
    data.chosen = [Math.min(a, b), Math.max(a, b)];
    form.requestSubmit();
  };
  const press = (at) => {
    if (pressed != null && Math.abs(at - pressed) >= step) return choose(pressed, at);
    pressed = at;
    const mark = document.getElementById('mark-at');
    if (mark) mark.value = timeOf(at);
    data.chosen = [at, at + step / 4];
    redraw();
  };
  root.lanes.dragged = (u) => {
    const { left, width } = u.select;
    if (width < 5) return;
    for (const each of plots.values()) each.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    choose(u.posToVal(left, 'x'), u.posToVal(left + width, 'x'));
  };
  root.addEventListener('click', ({ target }) => {
    const lane = target.closest('.lane'), key = lane?.dataset.s, u = plots.get(key);
    if (target.closest('.u-over')) press(u.posToVal(u.cursor.left, 'x'));
    if (!target.closest('.clip')) return;
    if (!clipped.delete(key)) clipped.set(key);
    offer(lane);
    u.setData([t, shown(key)]);
  });
  /* keyboard: left and right walk the samples, Home and End jump, Escape leaves */
  root.querySelector('.plots').addEventListener('keydown', (e) => {
    const u = plots.get('viewers'), move = { ArrowLeft: -1, ArrowRight: 1, Home: -1e6, End: 1e6 }[e.key];
    if (e.target !== e.currentTarget) return;
    if (e.key === 'Enter' && u.cursor.idx != null) press(t[u.cursor.idx]);
    if (e.key === 'Escape') {
      u.setCursor({ left: -10, top: -10 });
      pressed = data.chosen = null;
      redraw();
    }
    if (!move || e.altKey) return;
    e.preventDefault();
    const i = Math.min(t.length - 1, Math.max(0, (u.cursor.idx ?? t.length - 1) + move));
    u.setCursor({ left: u.valToPos(t[i], 'x'), top: 10 });
  });
  /* the keys [ and ]: the newest five minutes that are over, then the stretch before or after the chosen one */
  document.addEventListener('interval', ({ detail: steps }) => {
    const [from, to] = data.chosen ?? [], wide = to - from >= step ? to - from : 300, end = t.at(-1);
    const at = to - from >= step ? from + steps * wide : Math.floor(end / wide) * wide - wide;
    if (at + wide > t[0] && at < end) choose(Math.max(at, t[0]), Math.min(at + wide, end));
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const asked = new URLSearchParams({ from: form.elements.from.value, to: form.elements.to.value });
    const address = new URL(location.href);
    for (const key of ['from', 'to']) address.searchParams.set(key, asked.get(key));
    history.pushState(null, '', address.href.replace(/%(2C|3A)/g, decodeURIComponent));
    html.dataset.view = location.search;
    redraw();
    try {
      const answer = await fetch(`${form.dataset.part}&${asked}`);
      if (answer.ok) form.querySelector('.changed').innerHTML = await answer.text();
      else form.submit();
    } catch { form.submit(); }
  });
})();
