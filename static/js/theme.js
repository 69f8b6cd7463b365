/* The theme button: system, light, dark, in turn. The choice is a cookie, so that the server renders the next page in it;
   without this script the button posts a form that does the same. */
(() => {
  'use strict';
  const form = document.querySelector('form[data-theme-choice]');
  if (!form) return;
  const order = ['system', 'light', 'dark'];
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const button = form.querySelector('button'), now = button.value;
    document.cookie = `pasut_theme=${now};path=/;max-age=31536000;samesite=lax`;
    if (now === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = now;
    button.title = button.dataset[now];
    button.setAttribute('aria-label', button.title);
    button.value = order[(order.indexOf(now) + 1) % order.length];
  });
})();
