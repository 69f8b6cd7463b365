/* What only somebody who does something with the page needs is fetched when they reach for it. What they do before it is
   there waits for it, and is done then. */
(() => {
  'use strict';
  const waits = { click: 'a[hx-get],.clip,.u-over', change: '[hx-get]', input: '[hx-get]', submit: '[hx-get],.window', keydown: '.plots:focus', read: '.lanes', interval: 'html' };
  const parts = document.currentScript.dataset.later.split(' '), early = [];
  const fetched = (src) => new Promise((done) => { document.head.append(Object.assign(document.createElement('script'), { src, async: false, onload: done, onerror: done })); });
  let coming;
  /* htmx begins with the page in a task of its own */
  const reach = () => { coming ??= Promise.all(parts.map(fetched)).then(() => setTimeout(ready)); };
  const hold = (event) => {
    const { type, target } = event, place = target === document ? document.body : target;
    if (!place.closest(waits[type]) || event.key === 'Tab' || event.ctrlKey || event.metaKey || event.shiftKey) return;
    reach();
    event.preventDefault();
    event.stopImmediatePropagation();
    early.push(event);
  };
  const ready = () => {
    for (const type in waits) document.removeEventListener(type, hold, true);
    for (const event of early) {
      if (event.type === 'submit') event.target.requestSubmit(event.submitter);
      else event.target.dispatchEvent(new event.constructor(event.type, event));
    }
  };
  for (const type in waits) document.addEventListener(type, hold, true);
  for (const sign of ['pointerover', 'focusin']) document.getElementById('main').addEventListener(sign, reach);
})();
