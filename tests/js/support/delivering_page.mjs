// Journal, leases and delivery of one page, with nothing but memory beyond local storage; its tabs take the lock at once.
import { source } from './source.mjs';

const { journal } = await source('core/journal');
const { overflow } = await source('core/overflow');
const { leases } = await source('core/leases');
const { outbox } = await source('core/outbox');
const { delivery } = await source('core/delivery');

/** `parts` are those of the delivery that the test has of its own, `send` and `onDropped` among them. */
export function deliveringPage(storage, tab, now, newId, parts) {
  const queue = journal(storage, tab, overflow(storage, undefined));
  const leased = leases(storage, now, newId);
  const sender = delivery({
    journal: queue,
    leases: leased,
    lock: async (work) => work(),
    outbox: outbox({
      journal: queue,
      leases: leased,
      now,
      format: 'compact',
      onDropped: parts.onDropped,
      isAllowed: () => true,
      members: () => undefined,
    }),
    borrow: async () => false,
    beforeAcknowledge: () => {},
    onSent: () => {},
    flushAt: 20,
    flushAfterMs: 50,
    ...parts,
  });
  return { queue, leased, sender };
}
