// Runs the chat page: builds what is out of date of it, and starts its server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { buildAngularExample } from './angularExample.js';

await buildAngularExample();
const server = spawn('npm', ['start', '--silent', '--prefix', 'examples/angular'], {
  stdio: 'inherit',
});
const [code] = /** @type {[number | null]} */ (await once(server, 'exit'));
process.exitCode = code ?? 0;
