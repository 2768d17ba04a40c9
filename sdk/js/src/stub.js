// The snippet's inline part: records calls until the package has come. Kept apart so that the build can minify it alone; ATTRIBUTES, SOURCE,
// UNSTORED and OPTIONS are put in by `snippet`.
((w, d, o, c, s, p, u) => {
  if (w.desirepath) return;
  w.desirepath = s = {
    q: c,
    decide: (p = () => null),
    explain: p,
    nextAsk: p,
    known: (p = () => !1),
    shouldAsk: p,
  };
  for (const m of 'load track page screen identify group alias setConsent reset flush on off ready use explainFacts slot'.split(
    ' ',
  )) {
    s[m] = (...a) => {
      const p = new Promise((r) => {
        if (c[99]) r();
        else c.push([m, a, Date.now(), d.URL, d.title, d.referrer, r]);
      });
      // load, on, off and use are chained; slot answers with what undoes it.
      return /^[lou]/.test(m) ? s : m == 'slot' ? () => p.then((f) => f?.()) : p;
    };
  }
  addEventListener('pagehide', () => {
    // A script from before the tag takes the name and leaves the stub as it is.
    if (s.adopt || w.desirepath != s || UNSTORED) return;
    try {
      const k = 'dp.stub';
      localStorage[k] = JSON.stringify([...JSON.parse(localStorage[k] || '[]'), ...c.splice(0).filter(([m]) => m != 'slot')].slice(-100));
    } catch {}
  });
  s.load(o);
  u = SOURCE;
  try {
    // Where the page demands trusted types: a policy that knows this one address, whatever it is asked.
    u = trustedTypes.createPolicy('desirepath', { createScriptURL: () => u }).createScriptURL(u);
  } catch {}
  d.head.append(Object.assign(d.createElement('script'), ATTRIBUTES, { src: u }));
})(window, document, OPTIONS, []);
