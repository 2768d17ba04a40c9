// The snippet's inline part: records calls until the package has come. Kept apart so that the build can minify it alone;
// SOURCE and OPTIONS are put in by `snippet`.
((w, d, o, c, s) => {
  if (w.desirepath) return;
  w.desirepath = s = { q: c, decide: () => null, known: () => !1, shouldAsk: () => !1, explain: () => null };
  for (const m of 'load track page screen identify group alias setConsent reset flush on off ready use'.split(' ')) {
    s[m] = (...a) =>
      new Promise((r) => {
        if (c.length < 100) c.push([m, a, Date.now(), location.href, d.title, d.referrer, r]);
      });
  }
  addEventListener('pagehide', () => {
    if (w.desirepath !== s || o.consentRequired) return;
    try {
      const k = 'dp.stub';
      localStorage[k] = JSON.stringify([...JSON.parse(localStorage[k] || '[]'), ...c.splice(0)].slice(-100));
    } catch {}
  });
  s.load(o);
  d.head.appendChild(Object.assign(d.createElement('script'), { async: !0, src: SOURCE }));
})(window, document, OPTIONS, []);
