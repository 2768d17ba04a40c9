/** desirepath.wasm, desirepath.full.wasm and desirepath.explain.wasm as hexadecimal digits, put in by the build. */
declare module 'virtual:core-wasm-hex' {
  const hex: string;
  export default hex;
}
declare module 'virtual:full-wasm-hex' {
  const hex: string;
  export default hex;
}
declare module 'virtual:explain-wasm-hex' {
  const hex: string;
  export default hex;
}

/** The inline stub's source, minified by the build. */
declare module 'virtual:stub' {
  const source: string;
  export default source;
}

/** The panel's styles, minified by the build. */
declare module 'virtual:overlay-css' {
  const css: string;
  export default css;
}

/** What tells one build's files from another's in a cache: by the name between `desirepath.` and the extension. */
declare module 'virtual:tags' {
  const tags: Record<string, string>;
  export default tags;
}

/** The same of what a file on demand loads in its turn. */
declare module 'virtual:explain-wasm-tag' {
  const tag: string;
  export default tag;
}
