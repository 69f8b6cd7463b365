/* Each preview is a page of its own that asks once a second: it is loaded when it is seen, which what is to be pressed
   does not wait for, and let go when it is not. Replaced, because going back is to leave the gallery. */
(() => {
  'use strict';
  const nothing = 'about:blank';
  const seen = new IntersectionObserver((changes) => {
    for (const { isIntersecting, target } of changes) {
      const { location } = target.contentWindow;
      if (isIntersecting) location.replace(target.dataset.src);
      else if (location.href !== nothing) location.replace(nothing);
    }
  });
  addEventListener('load', () => document.querySelectorAll('iframe[data-src]').forEach((frame) => seen.observe(frame)));
})();
