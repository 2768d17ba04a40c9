// In the head, before there is a body: a program that this browser already has decides now, and each slot is filled as
// the parser makes it. Nothing flickers and nothing waits for the network. What the package reports before the panel
// listens is kept for it.

(() => {
  const { collector, writeKey, journey } = globalThis.shopConfig;
  const news = { past: [], tell: (topic, payload) => news.past.push([topic, payload]) };
  globalThis.shopNews = news;
  const path = globalThis.desirepath;
  if (!path) return;
  for (const topic of ['stage', 'decision', 'exposure', 'sent', 'dropped']) {
    path.on(topic, (payload) => news.tell(topic, payload));
  }
  path.load({ writeKey, url: collector, journey });
  path.page(document.title, { ...document.documentElement.dataset });
})();
