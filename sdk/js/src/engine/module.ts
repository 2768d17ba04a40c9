/** The exports of desirepath.wasm; ABI.md beside its sources says what each means. */
export interface EngineExports {
  memory: WebAssembly.Memory;
  dp_abi_version(): number;
  dp_feature_bits(): number;
  dp_program_reserve(length: number): number;
  dp_program_load(length: number): number;
  dp_program_features(): number;
  dp_fact_count(): number;
  dp_fact_path(index: number): number;
  dp_event_buffer(): number;
  dp_event_capacity(): number;
  dp_state_buffer(): number;
  dp_state_capacity(): number;
  dp_state_length(): number;
  dp_state_load(length: number): number;
  dp_state_reset(): void;
  dp_step(length: number, flags: number): number;
  dp_wake(now: number, flags: number): number;
  dp_next_wake(): number;
  dp_outcome(): number;
  dp_stage(): number;
  dp_stage_since(): number;
  dp_clock(): number;
  dp_behavior_count(): number;
  dp_behavior_id(index: number): number;
  dp_behavior_number(index: number, now: number): number;
  dp_audience_count(): number;
  dp_audience_id(index: number): number;
  dp_audience_holds(index: number, now: number): number;
}

export const kAbiVersion = 1;

/** Checks the version. */
export function started(instance: WebAssembly.Instance): EngineExports {
  const wasm = instance.exports as unknown as EngineExports;
  if (wasm.dp_abi_version() !== kAbiVersion) throw new Error('desirepath.wasm has another ABI version');
  return wasm;
}

/** Compiles at once where the host allows that, else in the background. Throws where WebAssembly is refused. */
export function instantiate(bytes: Uint8Array<ArrayBuffer>): EngineExports | Promise<EngineExports> {
  try {
    return started(new WebAssembly.Instance(new WebAssembly.Module(bytes)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return WebAssembly.instantiate(bytes).then(({ instance }) => started(instance));
  }
}
