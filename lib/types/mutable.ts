/** The same fields, writable: for objects that are being put together. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
