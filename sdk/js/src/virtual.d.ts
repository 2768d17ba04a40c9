/** desirepath.wasm as hexadecimal digits, put in by the build. */
declare module 'virtual:wasm' {
  const hex: string;
  export default hex;
}

/** The inline stub's source, minified by the build. */
declare module 'virtual:stub' {
  const source: string;
  export default source;
}
