/* The theme button: system, light, dark, in turn. The choice is a cookie, so that the server renders the next page in it;
   without this script the button posts a form that does the same. And what happens to it on paper. */
(() => {
  'use strict';
  const html = document.documentElement;
  let chosen;
  /* paper is light; the chart draws itself anew when the attribute changes */
  addEventListener('beforeprint', () => { chosen = html.dataset.theme; html.dataset.paper = ''; html.dataset.theme = 'light'; });
  addEventListener('afterprint', () => { delete html.dataset.paper; if (chosen) html.dataset.theme = chosen; else delete html.dataset.theme; });
  const form = document.querySelector('form[data-theme-choice]');
  if (!form) return;
  const order = ['system', 'light', 'dark'];
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const button = form.querySelector('button'), now = button.value;
    document.cookie = `pasut_theme=${now};path=/;max-age=31536000;samesite=lax`;
    if (now === 'system') delete html.dataset.theme;
    else html.dataset.theme = now;
    button.title = button.dataset[now];
    button.setAttribute('aria-label', button.title);
    button.value = order[(order.indexOf(now) + 1) % order.length];
  });
})();
