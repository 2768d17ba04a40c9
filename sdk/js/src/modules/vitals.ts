/** Captures the web vitals of a page, as the field measures them: `Web Vital Measured`. */
import { type MetricType, onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals';
import type { Host } from '../browser/host.js';

let current: Host | undefined;
let isMeasuring = false;
const latest = new Map<string, MetricType>();
const told = new Map<string, number>();

const tell = ({ name, value, rating, id, navigationType }: MetricType) => {
  if (!current || told.get(id) === value) return;
  told.set(id, value);
  current.observe('Web Vital Measured', { name, value, rating, id, navigationType });
};

/** Of one `id` the last event holds: a page that is shown again goes on measuring. */
export function start(host: Host): () => void {
  current = host;
  host.onLeave(() => latest.forEach(tell));
  if (!isMeasuring) {
    isMeasuring = true;
    onFCP(tell);
    onTTFB(tell);
    // Every change is heard, so that the last value is at hand when the page goes.
    const keep = (metric: MetricType) => {
      latest.set(metric.name, metric);
    };
    for (const measure of [onCLS, onINP, onLCP]) measure(keep, { reportAllChanges: true });
  }
  return () => {
    current = undefined;
    latest.clear();
  };
}
