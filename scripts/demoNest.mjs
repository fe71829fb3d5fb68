// Runs the demo of examples/nest: bundles it if it is out of date.
import { pathToFileURL } from 'node:url';
import { buildNestExample } from './nestExample.js';

await import(pathToFileURL(`${await buildNestExample()}/demo.js`).href);
