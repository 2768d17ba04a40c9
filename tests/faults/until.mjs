import assert from 'node:assert/strict';

/** Resolves when `holds` does; fails naming `what` when that takes half a minute. */
export async function until(what, holds) {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, what);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
