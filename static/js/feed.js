/* The feed: rows that arrive while somebody reads are counted on a chip and shown when asked for. */
(() => {
  'use strict';
  const list = document.getElementById('feed-rows');
  if (!list) return;
  const chip = document.getElementById('feed-new'), button = document.getElementById('feed-pause');
  const most = 60;
  let paused = false, scrolled = list.scrollTop > 8;

  const show = () => {
    for (const row of list.querySelectorAll('[data-late]')) row.removeAttribute('data-late');
    chip.hidden = true;
    list.scrollTop = 0;
  };
  /* remembered: to ask for the place while rows come makes a browser lay the page out */
  list.addEventListener('scroll', () => { scrolled = list.scrollTop > 8; }, { passive: true });
  const reading = () => paused || scrolled || list.contains(document.activeElement);
  new MutationObserver((changes) => {
    const hold = reading();
    for (const change of changes) {
      for (const row of change.addedNodes) {
        if (hold && row.nodeType === 1) row.dataset.late = '';
      }
    }
    while (list.children.length > most) list.lastElementChild.remove();
    const late = list.querySelectorAll('[data-late]').length;
    chip.hidden = !late;
    chip.textContent = chip.dataset.text.replace('{n}', late);
  }).observe(list, { childList: true });

  chip.addEventListener('click', show);
  button.hidden = false;
  button.addEventListener('click', () => {
    paused = !paused;
    button.setAttribute('aria-pressed', paused);
    if (!paused) show();
  });
  for (const link of document.querySelectorAll('[data-only]:not(ul)')) link.addEventListener('click', (event) => {
    event.preventDefault();
    list.dataset.only = link.dataset.only;
    for (const other of link.parentElement.children) other.removeAttribute('aria-current');
    link.setAttribute('aria-current', 'true');
    const address = new URL(location.href);
    if (link.dataset.only) address.searchParams.set('feed', link.dataset.only); else address.searchParams.delete('feed');
    history.pushState(null, '', address);
    document.documentElement.dataset.view = location.search;
  });
})();
