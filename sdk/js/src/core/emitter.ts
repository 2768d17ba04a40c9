/** Listeners by topic. A listener that throws is reported to the console and hurts nobody else. */
export interface Emitter<Topics> {
  on<T extends keyof Topics>(topic: T, listener: (payload: Topics[T]) => void): void;
  off<T extends keyof Topics>(topic: T, listener?: (payload: Topics[T]) => void): void;
  emit<T extends keyof Topics>(topic: T, payload: Topics[T]): void;
}

export function guarded(run: () => void): void {
  try {
    run();
  } catch (error) {
    console.error('desirepath:', error);
  }
}

export function emitter<Topics>(): Emitter<Topics> {
  // biome-ignore lint/suspicious/noExplicitAny: each topic has its own payload; `on` and `emit` keep them apart.
  const listeners = new Map<keyof Topics, Set<(payload: any) => void>>();
  return {
    on(topic, listener) {
      if (!listeners.has(topic)) listeners.set(topic, new Set());
      listeners.get(topic)!.add(listener);
    },
    off(topic, listener) {
      if (listener) listeners.get(topic)?.delete(listener);
      else listeners.delete(topic);
    },
    emit(topic, payload) {
      for (const listener of listeners.get(topic) ?? []) guarded(() => listener(payload));
    },
  };
}
