/* Each preview is a page of its own that asks once a second: it is there while it is seen, which what is to be pressed
   does not wait for. Without scripts all of them are. */
(() => {
  'use strict';
  const seen = new IntersectionObserver((changes) => {
    for (const { isIntersecting, target } of changes) {
      if (isIntersecting) target.insertAdjacentHTML('beforeend', target.querySelector('noscript').textContent);
      else target.querySelector('iframe')?.remove();
    }
  });
  addEventListener('load', () => document.querySelectorAll('.scene').forEach((scene) => seen.observe(scene)));
})();
