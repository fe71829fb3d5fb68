import { TestEnvironment } from 'jest-environment-jsdom';

/** What jsdom lacks, or has in a version that Node's `fetch` refuses. */
const OF_NODE = {
  ...{ AbortController, AbortSignal, ArrayBuffer, Blob, Headers, MessageChannel, ReadableStream },
  ...{ Request, Response, TextDecoder, TextEncoder, Uint8Array, fetch, structuredClone },
};

/** A document for Angular, with the network of Node. */
export default class AngularEnvironment extends TestEnvironment {
  /** @override */
  async setup() {
    await super.setup();
    Object.assign(this.global, OF_NODE);
  }
}
