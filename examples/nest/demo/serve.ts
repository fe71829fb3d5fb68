import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { KEY, type Cluster } from './cluster.js';
import { line } from './screen.js';

/** Keeps all running until Ctrl+C. On a terminal, a gateway can be killed meanwhile. */
export async function serve({ url, gateways }: Cluster): Promise<void> {
  const { stdin } = process;
  const input = stdin.isTTY ? createInterface({ input: stdin }) : undefined;
  const names = gateways.map(({ name }) => name);
  line();
  line(`   Open ${url}/#key=${KEY}`, 'bold');
  if (input) line(`   Kill a gateway: type ${names.join(' or ')}, then Enter.`);
  line('   End with Ctrl+C.');
  input?.on('line', (text) => {
    const gateway = gateways.find(({ name }) => name === text.trim().toUpperCase());
    if (!gateway) return;
    void gateway.kill();
    line(`   Gateway ${gateway.name} is killed.`, 'red');
  });
  const ended = ['SIGINT', 'SIGTERM'].map((signal) => once(process, signal));
  await Promise.race([...ended, ...(input ? [once(input, 'close')] : [])]);
  input?.close();
}
