/** desirepath.wasm as hexadecimal digits, put in by the build. */
declare module 'virtual:wasm-hex' {
  const hex: string;
  export default hex;
}

/** desirepath.wasm as text: one character for each byte. */
declare module 'virtual:wasm-text' {
  const text: string;
  export default text;
}

/** The inline stub's source, minified by the build. */
declare module 'virtual:stub' {
  const source: string;
  export default source;
}

/** What tells one build's files from another's in a cache. */
declare module 'virtual:tags' {
  export const full: string;
  export const fallback: string;
  export const zones: string;
  export const explain: string;
  export const explainModule: string;
}
