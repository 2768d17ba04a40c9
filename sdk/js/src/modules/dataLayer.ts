/** Captures the e-commerce events that a page tells its tag manager, under the names of the Segment spec. */
import type { LayerOptions } from '../browser/capture_options.js';
import type { Host } from '../browser/host.js';
import { commerceEvents, layerEvent, plainParams } from '../capture/commerce_events.js';
import { guarded } from '../core/emitter.js';
import { kLayerEntries, kOrders } from '../core/limits.js';
import { readJson, tryStore } from '../core/storage.js';

const kOrderEvent = 'Order Completed';
const kTold = 'dp.o';

/** Orders told on this device, by the layer or by the page's own calls: a confirmation that is opened again is no other order. */
function orders(host: Host) {
  const told = () => {
    const ids = readJson<unknown>(host.storage, kTold);
    return Array.isArray(ids) ? ids : [];
  };
  const ids = new Set<unknown>(told());
  host.onEvent(({ event, properties }) => {
    const id = event === kOrderEvent && properties?.order_id;
    if (!id) return;
    ids.add(String(id));
    tryStore(host.storage, kTold, JSON.stringify([...new Set([...told(), String(id)])].slice(-kOrders)));
  });
  return { has: (id: unknown) => ids.has(String(id)) || told().includes(String(id)) };
}

export function start(host: Host, { name = 'dataLayer', other = false }: LayerOptions): () => void {
  const page = window as unknown as Record<string, unknown[] | undefined>;
  page[name] ??= [];
  const layer = page[name];
  const known = orders(host);
  const read = (entry: unknown, track: Host['track']) => {
    const said = layerEvent(entry);
    if (!said) return;
    for (const { event, properties } of commerceEvents(said.name, said.params) ??
      (other ? [{ event: said.name, properties: plainParams(said.params) }] : [])) {
      if (event !== kOrderEvent || !properties.order_id || !known.has(properties.order_id))
        track(event, properties);
    }
  };
  const before = host.wasRefused ? [] : layer.slice(-kLayerEntries);
  for (const entry of before) guarded(() => read(entry, host.observe));

  const push = layer.push;
  const heard = (...entries: unknown[]) => {
    const result = push.apply(layer, entries);
    for (const entry of entries) guarded(() => read(entry, host.track));
    return result;
  };
  layer.push = heard;
  return () => {
    // Whoever wrapped it since keeps calling it; nothing is told any more.
    if (layer.push === heard) layer.push = push;
  };
}
