// A worker that answers a posted vector with its decision log. workerd takes WebAssembly by a static import only.
import instance from './desirepath.fallback.js';
import full from './desirepath.full.wasm';
import core from './desirepath.wasm';
import { run } from './vector_runner.mjs';

const builds = {
  '/core': () => new WebAssembly.Instance(core).exports,
  '/full': () => new WebAssembly.Instance(full).exports,
  '/js': instance,
};

export default {
  async fetch(request) {
    return Response.json(run(builds[new URL(request.url).pathname](), await request.json()));
  },
};
