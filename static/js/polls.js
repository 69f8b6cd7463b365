/* Polling manners. htmx asks; this decides when it may: never while the page is hidden or paused, never over a list
   somebody points at, and less often after failures and where nobody looks. */
(() => {
  'use strict';
  const html = document.documentElement, banner = document.getElementById('away'), button = document.getElementById('pause');
  const poll = '[hx-trigger^="every"]', waits = [5, 10, 30];
  let failures = 0, quietUntil = 0, answered = new Date();

  const held = (el) => {
    const box = el.closest('[data-hold]');
    return box && (box.contains(document.activeElement) || (matchMedia('(hover: hover)').matches && box.matches(':hover')));
  };
  const clock = (time) => time.toLocaleTimeString(html.lang, { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: html.dataset.zone });
  const source = (event) => event.detail.ctx?.sourceElement;
  /* what each poll was answered last: an answer that says the same again has no body, and nothing is taken apart and
     compared for it. Whatever else changes the page may change what a poll brought, so it is asked for anew */
  let tags = new WeakMap();
  const isPulse = (event) => source(event)?.hasAttribute('data-pulse');

  /* what is asked in the same moment is shown in the same frame, for a frame costs a browser as much as what changed in it:
     each waits for the others, but not for one that is slow. Timers that htmx began one after the other stay so far apart */
  const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });
  let moment;
  const inOneFrame = async (...request) => {
    moment ??= { answers: [], over: pause(100).then(() => { moment = null; }) };
    const { answers, over } = moment, answer = fetch(...request).then(async (response) => {
      const text = await response.text();
      return Object.assign(response, { text: async () => text });
    });
    answers.push(answer.catch(() => {}));
    await over;
    await Promise.race([Promise.all(answers), pause(300)]);
    return answer;
  };
  /* what is due shortly before the pulse, a second mostly, is asked with it */
  let pulseDue = 0;
  const together = async (...request) => {
    const early = pulseDue - Date.now();
    if (!moment && early > 0 && early < 1500) await pause(early);
    return inOneFrame(...request);
  };
  html.together = together;

  const catchUp = (part = document) => {
    for (const el of document.querySelectorAll(poll)) if (part.contains(el)) htmx.trigger(el, 'catchup');
  };
  /* what stands further up or down than anybody looks is asked for a third as often, and at once when somebody comes to it
     or to the page */
  const outOfSight = new WeakSet(), passed = new WeakMap();
  const sight = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) {
      if (!isIntersecting) outOfSight.add(target); else if (outOfSight.delete(target)) catchUp(target);
    }
  });
  for (const section of document.querySelectorAll('section')) sight.observe(section);
  const mayWait = (event) => {
    const el = source(event);
    if (isPulse(event) || event.detail.ctx.sourceEvent?.type !== 'every' || !outOfSight.has(el.closest('section'))) return false;
    passed.set(el, ((passed.get(el) ?? 0) + 1) % 3);
    return passed.get(el) > 0;
  };

  /* what the address says about the view travels with every poll, so that a choice made without a reload is kept; so does
     how much of the feed is here */
  document.addEventListener('htmx:config:request', (event) => {
    const el = source(event);
    if (!el.matches(poll)) return;
    event.detail.ctx.fetch = isPulse(event) ? inOneFrame : together;
    if (isPulse(event)) pulseDue = Date.now() + htmx.parseInterval(el.getAttribute('hx-trigger').split(/[ ,]/)[1]);
    const address = new URLSearchParams(location.search), { body, headers } = event.detail.ctx.request;
    for (const key of ['on', 'win']) body.set(key, address.get(key) ?? '');
    if (el.dataset.after) body.set('after', el.dataset.after);
    if (tags.has(el)) headers['If-None-Match'] = tags.get(el);
  });
  document.addEventListener('htmx:before:request', (event) => {
    const el = source(event);
    if (!el.matches(poll)) return;
    /* whoever asked to be alerted is alerted also while they look at something else */
    if ((document.hidden && !('rings' in el.dataset)) || 'paused' in html.dataset || Date.now() < quietUntil || held(el) || mayWait(event)) event.preventDefault();
  });

  const failed = (event) => {
    if (!isPulse(event)) return;
    failures += 1;
    if (failures < 3) return;
    quietUntil = Date.now() + waits[Math.min(failures - 3, 2)] * 1000;
    banner.querySelector('p').textContent = banner.dataset.text.replace('{time}', clock(answered));
    banner.hidden = false;
    document.getElementById('main').dataset.stale = '';
  };
  document.addEventListener('htmx:error', failed);
  document.addEventListener('htmx:response:error', failed);
  document.addEventListener('htmx:after:request', (event) => {
    const el = source(event), { response } = event.detail.ctx;
    if (!el.matches(poll)) tags = new WeakMap();
    /* somebody may have come to it while it was asked for */
    else if (held(el)) event.preventDefault();
    else if (response.headers.has('etag')) tags.set(el, response.headers.get('etag'));
    if (!isPulse(event) || response.status >= 400) return;
    answered = new Date();
    if (failures >= 3) {
      banner.hidden = true;
      delete document.getElementById('main').dataset.stale;
    }
    failures = 0;
  });

  /* the number of viewers is in the title; a browser draws all its tabs anew for each one */
  let titled = 0;
  document.addEventListener('htmx:after:swap', (event) => {
    if (!isPulse(event)) return;
    const { ctx } = event.detail;
    if (Date.now() - titled < 10000) ctx.title = '';
    else if (ctx.title) titled = Date.now();
  });

  /* links and filters of a part change that part alone, so that the place is kept; typing replaces what is in the history */
  const part = () => document.querySelector('[data-swap]');
  let latest = 0;
  const go = async (href, focus, typed) => {
    const mine = latest += 1;
    const id = part().id;
    try {
      await htmx.ajax('GET', href, { target: `#${id}`, select: `#${id}`, swap: 'outerMorph' });
    } catch { location.assign(href); }
    if (mine !== latest) return;
    history[typed ? 'replaceState' : 'pushState'](null, '', part().dataset.swap);
    html.dataset.view = location.search;
    if (focus) document.getElementById(focus)?.focus();
  };
  document.addEventListener('click', (event) => {
    const link = event.target.closest('[data-swap] a[href]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.pathname !== location.pathname) return;
    event.preventDefault();
    go(link.href, link.dataset.focus);
  });
  const filter = (form, typed) => {
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    go(`${form.action}?${asked}`, '', typed);
  };
  const filters = (event) => event.target.closest('[data-swap] form[role="search"]');
  document.addEventListener('submit', (event) => {
    if (!filters(event)) return;
    event.preventDefault();
    filter(filters(event));
  });
  document.addEventListener('change', (event) => { if (filters(event) && event.target.type !== 'search') filter(filters(event)); });
  let pressed = 0;
  document.addEventListener('input', (event) => {
    if (!filters(event) || event.target.type !== 'search') return;
    clearTimeout(pressed);
    pressed = setTimeout(() => filter(filters(event), true), 300);
  });

  document.addEventListener('visibilitychange', () => { if (!document.hidden) catchUp(); });

  const halt = () => {
    const on = !('paused' in html.dataset);
    if (on) html.dataset.paused = ''; else delete html.dataset.paused;
    button.setAttribute('aria-pressed', on);
    if (!on) catchUp();
  };
  if (button && document.querySelector(poll)) {
    button.hidden = false;
    button.addEventListener('click', halt);
  }
  /* a moment is the one at which the menu was opened, not the one at which its kind was found */
  const mark = document.getElementById('mark');
  let opened = 0;
  mark?.addEventListener('toggle', () => { opened = performance.now(); });
  document.addEventListener('htmx:config:request', (event) => {
    if (mark?.contains(source(event))) event.detail.ctx.request.body.set('ago', Math.round(performance.now() - opened));
  });
  document.addEventListener('htmx:after:request', (event) => {
    if (!mark?.contains(source(event)) || event.detail.ctx.response.status >= 400) return;
    mark.querySelector('form').reset();
    mark.open = false;
    mark.querySelector('summary').focus();
  });
})();
