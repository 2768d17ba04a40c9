// The browser package on a server: frameworks import it where pages are rendered, and call it there.
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import vm from 'node:vm';
import * as esbuild from 'esbuild';

setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc');

const dist = resolve(import.meta.dirname, '../../sdk/js/dist');

/** The package's exports in a context that has the language and nothing of a host. */
async function bare() {
  const { outputFiles } = await esbuild.build({
    entryPoints: [`${dist}/index.js`],
    bundle: true,
    format: 'iife',
    globalName: 'exported',
    write: false,
  });
  const context = vm.createContext({});
  const before = Reflect.ownKeys(context);
  vm.runInContext(outputFiles[0].text, context);
  assert.deepEqual(
    Reflect.ownKeys(context).filter((key) => !before.includes(key)),
    ['exported'],
  );
  return context;
}

test('imports where no global of any host is', async () => {
  const { exported } = await bare();
  assert.equal(typeof exported.load, 'function');
  assert.equal(exported.default.track, exported.track);
});

for (const [where, load] of [
  ['without any global', async () => (await bare()).exported.default],
  ['under Node', async () => (await import('desirepath')).default],
]) {
  test(`calls on a server answer at once, throw nothing and hold nothing: ${where}`, async () => {
    const desirepath = await load();
    const answers = {
      track: [['A', { a: 1 }], undefined],
      page: [[], undefined],
      screen: [['Home'], undefined],
      identify: [['u1', { email: 'a@example.com' }], undefined],
      group: [['g1'], undefined],
      alias: [['u2'], undefined],
      setConsent: [[{ analytics: true }], undefined],
      reset: [[], undefined],
      flush: [[], { sent: 0, left: 0, dropped: 0 }],
      ready: [[() => assert.fail('nothing becomes ready on a server')], undefined],
      explainFacts: [['hello'], null],
    };
    for (const [method, [values, expected]] of Object.entries(answers)) {
      const answer = await desirepath[method](...values);
      assert.deepEqual(answer && { ...answer }, expected, method);
    }
    assert.equal(desirepath.load({ writeKey: 'wk' }), desirepath);
    assert.equal(
      desirepath
        .on('sent', () => {})
        .use({ name: 'p' })
        .off('sent'),
      desirepath,
    );
    assert.deepEqual(
      [desirepath.decide('hero'), desirepath.explain('hello'), desirepath.nextAsk(), desirepath.debug()],
      [null, null, null, null],
    );
    desirepath.slot('hero', {})();
    assert.deepEqual([desirepath.known('email'), desirepath.shouldAsk('email')], [false, false]);
    // A call that were held would be carried out by the load of a later visitor.
    const kept = new WeakRef({ name: 'one visitor' });
    desirepath.track('Held', kept.deref());
    desirepath.slot('hero', kept.deref());
    await new Promise((resolve) => setTimeout(resolve));
    collectGarbage();
    assert.equal(kept.deref(), undefined);
  });
}
