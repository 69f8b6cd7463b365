/* Alerts in this tab, for whoever asked for them: shown for a while, and sounded. A tab that did not ask makes no sound. */
(() => {
  'use strict';
  const bell = document.getElementById('bell');
  if (!bell) return;
  const [on, volume, attempt, said, box] = ['bell-on', 'bell-volume', 'bell-try', 'toast-said', 'toasts-box'].map((id) => document.getElementById(id));
  const stay = 10_000, quietFor = 15_000;
  let sound, last = 0, saidAt = -quietFor;
  const asked = () => sessionStorage.getItem('pasut-alerts') === 'on';

  const note = (hz, at) => {
    const tone = sound.createOscillator(), level = sound.createGain();
    tone.frequency.value = hz;
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime((volume.value / 100) ** 2 / 2, at + 0.02);
    level.gain.linearRampToValueAtTime(0, at + 0.4);
    tone.connect(level).connect(sound.destination);
    tone.start(at);
    tone.stop(at + 0.4);
  };
  const ring = (kinds) => {
    if (!asked()) return;
    sound ??= new AudioContext();
    sound.resume();
    kinds.forEach((kind, i) => {
      const at = sound.currentTime + i * 0.6;
      note(659, at);
      note(kind === 'down' ? 440 : 880, at + 0.14);
    });
    bell.dataset.rang = Number(bell.dataset.rang ?? 0) + kinds.length;
  };

  new MutationObserver(() => {
    const fresh = [...box.querySelectorAll('.toast')].filter((toast) => Number(toast.id.slice(6)) > last);
    if (!fresh.length) return;
    last = Math.max(...fresh.map((toast) => Number(toast.id.slice(6))));
    ring(document.getElementById('toasts').dataset.rings.split(' ').filter(Boolean));
    for (const { id } of fresh) setTimeout(() => document.getElementById(id)?.remove(), stay);
    if (performance.now() - saidAt < quietFor) return;
    saidAt = performance.now();
    said.textContent = fresh.at(-1).querySelector('bdi').textContent;
  }).observe(box, { childList: true, subtree: true, attributes: true, attributeFilter: ['id'] });
  box.addEventListener('click', (event) => event.target.closest('[data-close]')?.closest('.toast').remove());

  /* from now on: nothing that was told before is told again */
  const start = () => htmx.ajax('GET', bell.dataset.src, { target: '#toasts', swap: 'outerHTML' });
  document.addEventListener('htmx:before:request', (event) => {
    if (event.detail.ctx?.sourceElement?.id === 'toasts' && !asked()) event.preventDefault();
  });
  const show = () => {
    on.setAttribute('aria-pressed', asked());
    attempt.disabled = !asked();
  };
  on.addEventListener('click', () => {
    sessionStorage.setItem('pasut-alerts', asked() ? 'off' : 'on');
    show();
    if (asked()) start(); else document.getElementById('toasts').replaceChildren();
  });
  attempt.addEventListener('click', () => ring(['up']));
  volume.value = localStorage.getItem('pasut-volume') ?? 60;
  volume.addEventListener('change', () => localStorage.setItem('pasut-volume', volume.value));
  bell.hidden = false;
  show();
  if (asked()) start();
})();
