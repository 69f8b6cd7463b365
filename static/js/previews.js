/* Each preview is a page of its own that asks once a second: it is loaded when it is seen, which what is to be pressed
   does not wait for, and let go when it is not. */
(() => {
  'use strict';
  const seen = new IntersectionObserver((changes) => {
    for (const { isIntersecting, target } of changes) {
      if (isIntersecting) target.src = target.dataset.src;
      else if (target.src) target.contentWindow.location.replace('about:blank');
    }
  });
  addEventListener('load', () => document.querySelectorAll('iframe[data-src]').forEach((frame) => seen.observe(frame)));
})();
