/* What is chosen on a page without loading it anew goes into the address as the server writes it: typing replaces the
   entry of the history, choosing adds one. Going back loads the page that was left. */
(() => {
  'use strict';
  document.addEventListener('htmx:after:request', (event) => {
    const { sourceElement: el, sourceEvent, response } = event.detail.ctx;
    if (!el?.hasAttribute('data-address') || response.status >= 400) return;
    const address = response.raw.url;
    if (address === location.href) return;
    history[sourceEvent?.type === 'input' ? 'replaceState' : 'pushState'](null, '', address);
    document.documentElement.dataset.view = location.search;
  });
})();
