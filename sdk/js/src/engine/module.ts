/** The exports of desirepath.wasm; ABI.md beside its sources says what each means. */
export interface EngineExports {
  memory: { readonly buffer: ArrayBufferLike };
  dp_abi_version(): number;
  dp_feature_bits(): number;
  dp_board(): number;
  dp_program_reserve(length: number): number;
  dp_program_load(length: number): number;
  dp_fact_path(index: number): number;
  dp_state_load(length: number): number;
  dp_zones(length: number): number;
  dp_step(length: number, flags: number): number;
  dp_wake(now: number, flags: number): number;
  dp_gate(trigger: number, action: number, time: number, anchor: number, now: number): number;
  dp_proposal(trigger: number, action: number): number;
  dp_reading(kind: number, index: number, now: number): number;
  /** of desirepath.explain.wasm alone */
  dp_explain?(trigger: number, line: number, length: number, now: number): number;
}

export const kAbiVersion = 2;

/** Checks the version. */
export function started(exports: unknown): EngineExports {
  const wasm = exports as EngineExports;
  if (wasm.dp_abi_version() !== kAbiVersion) throw new Error('desirepath.wasm has another ABI version');
  return wasm;
}

/** Compiles at once where the host allows that, else in the background. Throws where WebAssembly is refused. */
export function instantiate(bytes: Uint8Array<ArrayBuffer>): EngineExports | Promise<EngineExports> {
  try {
    return started(new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return WebAssembly.instantiate(bytes).then(({ instance }) => started(instance.exports));
  }
}

/** Of the file at that address. */
export async function fetched(url: string): Promise<EngineExports> {
  const response = await fetch(url, { credentials: 'omit' });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return instantiate(new Uint8Array(await response.arrayBuffer()));
}

/** What `dp_program_load` answers to a program that needs a larger build. */
export const kUnsupported = -2;
