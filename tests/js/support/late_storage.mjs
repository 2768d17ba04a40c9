// Local storage as tabs in different processes see it: a tab's own writes at once, those of another a moment later, in their order.
// `soon(work)` carries out `work` after that moment.
import { LocalStorage } from './local_storage.mjs';

const { setItem, removeItem } = LocalStorage.prototype;

export function lateStorage(soon) {
  const truth = new LocalStorage();
  const views = new Map();
  const tell = (from, ...write) => {
    const [method, ...values] = write;
    method.apply(truth, values);
    for (const [view, unseen] of views) {
      if (view === from) continue;
      unseen.push(write);
      soon(() => {
        // What was written before it is seen before it.
        for (const [method, ...values] of unseen.splice(0, unseen.indexOf(write) + 1))
          method.apply(view, values);
      });
    }
  };
  class View extends LocalStorage {
    setItem(...values) {
      super.setItem(...values);
      tell(this, setItem, ...values);
    }
    removeItem(...values) {
      super.removeItem(...values);
      tell(this, removeItem, ...values);
    }
  }
  return {
    /** What a new tab sees. */
    open() {
      const view = new View();
      for (const [key, value] of Object.entries(truth.all())) setItem.call(view, key, value);
      views.set(view, []);
      return view;
    },
    close: (view) => views.delete(view),
  };
}
