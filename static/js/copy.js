/* What is shown once can be copied; a page that came over plain http may only do it the old way. */
(() => {
  'use strict';
  for (const button of document.querySelectorAll('[data-copy]')) {
    const field = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener('click', async () => {
      field.select();
      if (navigator.clipboard) await navigator.clipboard.writeText(field.value).catch(() => document.execCommand('copy'));
      else document.execCommand('copy');
      button.textContent = button.dataset.copied;
    });
  }
})();
