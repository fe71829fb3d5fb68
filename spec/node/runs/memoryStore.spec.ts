import { describe, it } from '@jest/globals';
import { memoryStore } from '../../../lib/node/index.js';
import { runStoreContract } from '../../../lib/testing/node/index.js';

describe('memoryStore', () => {
  const store = memoryStore();
  for (const { name, run } of runStoreContract({ open: () => store })) it(name, run);
});
