/** Makes an instance of the full build that needs no WebAssembly: the exports of ABI.md. The build writes the script from desirepath.full.wasm. */
export default function instance(): unknown;
