/* Keys and menus, on every page. */
(() => {
  'use strict';
  /* choices made without a reload are in the address; going back to another view loads it */
  document.documentElement.dataset.view = location.search;
  window.addEventListener('popstate', () => { if (location.search !== document.documentElement.dataset.view) location.reload(); });

  /* single keys can be switched off on the page of Help (keys-switch.js) */
  const off = () => document.cookie.includes('pasut_keys=off');
  const mark = document.getElementById('mark');
  /* single keys; `g` first, then a page: the navigation has the pages that are open to whoever reads */
  let went = 0;
  const place = (key) => document.querySelector(`.nav [data-key="${CSS.escape(key)}"]`);
  document.addEventListener('keydown', (event) => {
    if (off() || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea')) return;
    const second = Date.now() - went < 1000;
    went = 0;
    if (second && place(event.key)) location.assign(place(event.key).href);
    else if (event.key === 'g') went = Date.now();
    else if (event.key === '[' || event.key === ']') document.dispatchEvent(new CustomEvent('interval', { detail: event.key === '[' ? -1 : 1 }));
    else if (event.key === 'p') document.querySelector('#pause:not([hidden])')?.click();
    else if (event.key === 'm' && mark) {
      mark.open = true;
      mark.querySelector('[name=kind]').focus();
    } else if (event.key === 'x') document.getElementById('compare-off')?.click();
    else if (event.key === '?' && place('?')) location.assign(`${place('?').href}#keys`);
    else if (event.key === '/' && document.querySelector('[data-search]')) {
      event.preventDefault();
      document.querySelector('[data-search]').focus();
    }
  });
  /* an open menu closes with Escape or a click beside it */
  const menus = () => document.querySelectorAll('details.menu[open]');
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of menus()) { menu.open = false; menu.querySelector('summary').focus(); }
  });
  document.addEventListener('click', (event) => { for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false; });
})();
