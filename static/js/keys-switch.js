/* Single keys can be switched off, for whoever speaks to the computer or touches keys by accident. */
(() => {
  'use strict';
  const button = document.getElementById('keys-switch'), off = () => document.cookie.includes('pasut_keys=off');
  const show = () => button.setAttribute('aria-pressed', !off());
  button.addEventListener('click', () => {
    document.cookie = `pasut_keys=${off() ? 'on' : 'off'};path=/;max-age=31536000;samesite=lax`;
    show();
  });
  button.hidden = false;
  show();
})();
