/* A widget over a video. Asks once a second what to show, changes only what differs, and keeps the last picture while
   nobody answers. Loaded before the body, so that the first picture has its size. */
(() => {
  'use strict';
  const html = document.documentElement, { w, scale, make } = html.dataset;
  html.style.setProperty('--width', w);
  html.style.setProperty('--scale', scale / 100);
  const address = `${location.pathname}/f${location.search}${location.search ? '&' : '?'}make=${make}`;
  const slowest = 10000;
  let tag = '', every = 1000, failures = 0, timer = 0, asking = false;

  const fits = (old, fresh) => old.nodeName === fresh.nodeName && old.dataset?.key === fresh.dataset?.key;
  const become = (old, fresh) => {
    if (!fits(old, fresh)) return old.replaceWith(fresh);
    if (old.nodeType === Node.TEXT_NODE) {
      if (old.data !== fresh.data) old.data = fresh.data;
      return;
    }
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    const before = [...old.childNodes], after = [...fresh.childNodes];
    after.forEach((node, i) => { if (before[i]) become(before[i], node); else old.append(node); });
    before.slice(after.length).forEach((node) => node.remove());
  };
  const show = (text) => {
    const fresh = new DOMParser().parseFromString(text, 'text/html').body.firstElementChild;
    every = Number(fresh.dataset.every) || every;
    become(document.getElementById('stage').firstElementChild, fresh);
  };
  const ask = async () => {
    const headers = tag ? { 'If-None-Match': tag } : {};
    const answer = await fetch(address, { headers, cache: 'no-store', signal: AbortSignal.timeout(slowest) });
    /* a newer Pasut, or an address that opens nothing any more: the page itself says so */
    if ([205, 401, 403, 404].includes(answer.status)) return location.reload();
    if (!answer.ok && answer.status !== 304) throw answer.status;
    if (!answer.ok) return;
    show(await answer.text());
    tag = answer.headers.get('ETag');
  };
  const turn = async () => {
    if (asking) return;
    clearTimeout(timer);
    asking = true;
    try {
      if (!document.hidden) await ask();
      failures = 0;
    } catch { failures += 1; }
    asking = false;
    html.toggleAttribute('data-away', failures > 2);
    timer = setTimeout(turn, Math.min(every * Math.max(failures, 1), slowest));
  };
  document.addEventListener('DOMContentLoaded', () => {
    every = Number(document.getElementById('stage').firstElementChild.dataset.every) || every;
    timer = setTimeout(turn, every);
  });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) turn(); });
})();
