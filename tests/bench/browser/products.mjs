// What is compared in a page: this package and the field's, each as its own documentation tells to put it on a page, all options at their
// defaults but the addresses, which are loopback ones. A product has
//   name, script        the file a visitor's browser evaluates
//   files               path at the collector -> { type, body }; `config` are those a product asks before or while it starts
//   tag(url)            the recommended markup: it loads asynchronously where the product has a snippet, and counts the first view
//   init(url)           the same without loading: what runs right after the script, which is on the page already
//   isReady             an expression: it has started
//   track               a function's source: (name, properties), the product's call for an event
//   settleMs            how long its default queue may hold an event
//   events(path, text)  the events of a request's body, each { id, name, properties }; undefined: it carries none
//   reply(path)         what its collector answers to one that is accepted
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { snippet } from 'desirepath/snippet';
import { build } from 'esbuild';
import { compiledOf } from '../../js/support/program.mjs';
import { journeyOf, rulesOf } from '../rule_set.mjs';

const root = new URL('../../../', import.meta.url).pathname;
const dist = join(root, 'sdk/js/dist');
const packages = join(root, 'node_modules');

const kKey = 'bench-key';
export const kRules = 200;

const javascript = (body) => ({ type: 'text/javascript', body });
const json = (value) => ({ type: 'application/json', body: JSON.stringify(value) });
const folder = (path, prefix, filter) =>
  Object.fromEntries(
    readdirSync(path)
      .filter((name) => filter.test(name))
      .map((name) => [prefix + name, javascript(readFileSync(join(path, name)))]),
  );

/** What a bundler makes of a page's own code, for production. */
async function bundled(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: 'js' },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  });
  return Buffer.from(outputFiles[0].contents);
}

function desirepath() {
  const files = folder(dist, '/sdk/', /^desirepath\..*js$/);
  const program = compiledOf(journeyOf(rulesOf(kRules)), '--device');
  return {
    name: 'desirepath',
    script: files['/sdk/desirepath.iife.js'].body,
    files,
    config: {
      '/v1/journeys/default/program': { type: 'application/octet-stream', body: program },
    },
    tag: (url) => `${snippet({ writeKey: kKey, url })}<script>desirepath.page()</script>`,
    init: (url) => `desirepath.load({ writeKey: '${kKey}', url: '${url}' }); desirepath.page();`,
    isReady: 'window.desirepath?.debug?.()?.engine',
    track: '(name, properties) => desirepath.track(name, properties)',
    settleMs: 1500,
    events(path, text) {
      if (path !== '/v1/batch') return;
      return JSON.parse(text).batch.map(({ messageId, event, properties }) => ({
        id: messageId,
        name: event,
        properties,
      }));
    },
    reply: () => json({ success: true, accepted: 0, duplicates: 0, rejected: [], cursor: '1' }),
  };
}

// The snippet of its quick start, and the settings that a source without destinations has. The collector is named in the settings,
// because that is where its own addresses come from, too.
const segmentStub = (url) => `
  const analytics = (window.analytics = window.analytics || []);
  analytics.invoked = true;
  analytics.methods = ['trackSubmit', 'trackClick', 'trackLink', 'trackForm', 'pageview', 'identify', 'reset', 'group', 'track', 'ready',
    'alias', 'debug', 'page', 'screen', 'once', 'off', 'on', 'addSourceMiddleware', 'addIntegrationMiddleware', 'setAnonymousId',
    'addDestinationMiddleware', 'register'];
  analytics.factory = (method) => (...values) => {
    if (window.analytics.initialized) return window.analytics[method](...values);
    if (['track', 'screen', 'alias', 'group', 'page', 'identify'].includes(method)) {
      const canonical = document.querySelector("link[rel='canonical']");
      values.push({ __t: 'bpc', c: canonical?.getAttribute('href') || undefined, p: location.pathname, u: location.href,
        s: location.search, t: document.title, r: document.referrer });
    }
    values.unshift(method);
    analytics.push(values);
    return analytics;
  };
  for (const method of analytics.methods) analytics[method] = analytics.factory(method);
  analytics._writeKey = '${kKey}';
  analytics._cdn = '${url}';
  analytics.SNIPPET_VERSION = '5.2.1';`;

function segment() {
  const umd = join(packages, '@segment/analytics-next/dist/umd');
  const script = readFileSync(join(umd, 'standalone.js'));
  const path = `/analytics.js/v1/${kKey}/analytics.min.js`;
  return {
    name: '@segment/analytics-next',
    script,
    files: { ...folder(umd, '/analytics-next/bundles/', /bundle\..*js$/), [path]: javascript(script) },
    config: {
      [`/v1/projects/${kKey}/settings`]: (url) =>
        json({
          integrations: {
            'Segment.io': {
              apiKey: kKey,
              apiHost: `${new URL(url).host}/v1`,
              protocol: 'http',
              unbundledIntegrations: [],
              addBundledMetadata: true,
              maybeBundledConfigIds: {},
              versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
            },
          },
          plan: { track: { __default: { enabled: true, integrations: {} } } },
          edgeFunction: {},
          analyticsNextEnabled: true,
          middlewareSettings: {},
          enabledMiddleware: {},
          metrics: { sampleRate: 0 },
          remotePlugins: [],
        }),
    },
    tag: (url) => `<script>${segmentStub(url)}
      document.head.append(Object.assign(document.createElement('script'), { async: true, src: '${url}${path}' }));
      analytics.page();</script>`,
    before: (url) => `${segmentStub(url)}\nanalytics.page();`,
    init: () => '',
    isReady: 'window.analytics?.initialized',
    track: '(name, properties) => analytics.track(name, properties)',
    settleMs: 600,
    events(path, text) {
      if (!/^\/v1\/[a-z]$/.test(path)) return;
      const body = JSON.parse(text);
      return (body.batch ?? [body]).map(({ messageId, event, properties }) => ({
        id: messageId,
        name: event,
        properties,
      }));
    },
    reply: () => json({ success: true }),
  };
}

// Its package's own bootstrap in place of the snippet, which does the same; array.js as served by its CDN. The defaults are those of the
// latest date the version knows, as its documentation's snippet has them; the project is a new one: no replay, no surveys, no flags.
function posthog() {
  const folderOf = join(packages, 'posthog-js/dist');
  const script = readFileSync(join(folderOf, 'array.js'));
  const bootstrap = readFileSync(join(folderOf, 'loader-bootstrap.js'), 'utf8').replace(/\n\/\/#.*\s*$/, '');
  const version = JSON.parse(readFileSync(join(packages, 'posthog-js/package.json'), 'utf8')).version;
  const remote = {
    token: kKey,
    supportedCompression: ['gzip', 'gzip-js'],
    hasFeatureFlags: false,
    captureDeadClicks: false,
    capturePerformance: false,
    autocapture_opt_out: false,
    autocaptureExceptions: false,
    analytics: { endpoint: '/i/v0/e/' },
    elementsChainAsString: true,
    errorTracking: { autocaptureExceptions: false, suppressionRules: [] },
    sessionRecording: false,
    heatmaps: false,
    surveys: false,
    productTours: false,
    logs: { captureConsoleLogs: false },
    conversations: false,
    defaultIdentifiedOnly: true,
    siteApps: [],
    isAuthenticated: false,
    toolbarParams: {},
  };
  const init = (url) =>
    `posthog.init('${kKey}', { api_host: '${url}', defaults: '2026-08-30', person_profiles: 'identified_only' });`;
  const files = folder(folderOf, '/static/', /^[\w-]+\.js$/);
  return {
    name: 'posthog-js',
    script,
    files: {
      ...files,
      ...Object.fromEntries(
        Object.entries(files).map(([path, file]) => [path.replace('/static/', `/static/${version}/`), file]),
      ),
    },
    config: {
      [`/array/${kKey}/config.js`]: javascript(
        `(window._POSTHOG_REMOTE_CONFIG = window._POSTHOG_REMOTE_CONFIG || {})['${kKey}'] = ${JSON.stringify({ config: remote, siteApps: [] })};`,
      ),
      [`/array/${kKey}/config`]: json(remote),
      '/flags/': json({ flags: {}, errorsWhileComputingFlags: false, ...remote }),
    },
    tag: (url) => `<script data-asset-host="${url}">${bootstrap}</script><script>${init(url)}</script>`,
    init,
    isReady: 'window.posthog?.__loaded',
    track: '(name, properties) => posthog.capture(name, properties)',
    settleMs: 3600,
    events(path, text) {
      if (!/^\/(e|i\/v0\/e|batch|track|capture)\/$/.test(path)) return;
      const plain = text.startsWith('data=')
        ? Buffer.from(decodeURIComponent(text.slice(5)), 'base64').toString()
        : text;
      const body = JSON.parse(plain);
      return (Array.isArray(body) ? body : (body.batch ?? [body])).map(({ uuid, event, properties }) => ({
        id: uuid,
        name: event,
        properties,
      }));
    },
    reply: () => json({ status: 'Ok' }),
  };
}

// Bundled with the page's code, as its documentation tells: there is no snippet for this package, and it asks for no configuration.
async function snowplow() {
  const script = await bundled(`
    import { newTracker, trackPageView, trackSelfDescribingEvent } from '@snowplow/browser-tracker';
    window.snowplow = { newTracker, trackPageView, trackSelfDescribingEvent };`);
  const init = (url) => `snowplow.newTracker('sp', '${url}', { appId: 'shop' }); snowplow.trackPageView();`;
  return {
    name: '@snowplow/browser-tracker',
    script,
    files: { '/bundle.js': javascript(script) },
    config: {},
    tag: (url) => `<script src="${url}/bundle.js"></script><script>${init(url)}</script>`,
    init,
    isReady: 'window.snowplow',
    track: `(name, data) => snowplow.trackSelfDescribingEvent({
      event: { schema: 'iglu:org.shop/' + name.toLowerCase().replace(' ', '_') + '/jsonschema/1-0-0', data } })`,
    settleMs: 600,
    events(path, text) {
      if (!path.endsWith('/tp2')) return;
      return JSON.parse(text).data.map(({ eid, ue_px, ue_pr, e }) => {
        const unstructured = ue_pr ?? (ue_px && Buffer.from(ue_px, 'base64url').toString());
        const { schema, data } = unstructured ? JSON.parse(unstructured).data : {};
        return { id: eid, name: schema?.split('/')[1] ?? e, properties: data };
      });
    },
    reply: () => ({ type: 'text/plain', body: 'ok' }),
  };
}

// It decides and has no delivery of its own: exposures go to a callback of the page's. So it is compared where it starts and by its size,
// with one feature for each of the rules, cached by an earlier view.
async function growthbook() {
  const script = await bundled(
    `import { GrowthBook } from '@growthbook/growthbook'; window.GrowthBook = GrowthBook;`,
  );
  const features = Object.fromEntries(
    rulesOf(kRules).map(({ id, attribute, value, least }) => [
      id,
      {
        defaultValue: false,
        rules: [{ condition: { [attribute]: value, count: { $gte: least } }, force: true }],
      },
    ]),
  );
  const init = (
    url,
  ) => `window.growthbook = new GrowthBook({ apiHost: '${url}', clientKey: '${kKey}', trackingCallback() {} });
      growthbook.init().then(() => { window.growthbookReady = true; });`;
  return {
    name: '@growthbook/growthbook',
    script,
    files: { '/bundle.js': javascript(script) },
    config: {
      [`/api/features/${kKey}`]: json({ status: 200, features, dateUpdated: '2026-11-01T00:00:00.000Z' }),
    },
    tag: (url) => `<script src="${url}/bundle.js"></script><script>${init(url)}</script>`,
    init,
    isReady: 'window.growthbookReady',
    settleMs: 600,
    events: () => undefined,
    reply: () => json({}),
  };
}

/** The products whose name contains one of the words; all of them where there is none. */
export async function productsNamed(words) {
  const all = await Promise.all([desirepath(), segment(), posthog(), snowplow(), growthbook()]);
  const wanted = all.filter(({ name }) => words.some((word) => name.includes(word)));
  return wanted.length ? wanted : all;
}
