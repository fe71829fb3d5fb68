declare module 'virtual:playground-worker' {
  /** The code of the worker. */
  const code: string;
  export default code;
}

declare module 'virtual:playground-diagrams' {
  /** The scripts of the diagrams, by their names. */
  const diagrams: Readonly<Record<string, import('./script.js').Script>>;
  export default diagrams;
}
