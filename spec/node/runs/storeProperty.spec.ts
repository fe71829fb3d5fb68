import { it } from '@jest/globals';
import { memoryStore } from '../../../lib/node/index.js';
import { checkStoreProperty } from './storeProperty.js';

it('memoryStore gives each reader an exact copy, or says that there is a gap', async () => {
  const store = memoryStore();
  await checkStoreProperty(async () => store, 300);
});
