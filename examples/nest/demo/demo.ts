// `npm run demo:nest`: shows in a terminal what the gateways do. With `--serve` it keeps them running, for the page.
import { fileURLToPath } from 'node:url';
import { startCluster } from './cluster.js';
import { shopModel } from './model.js';
import { heading, line } from './screen.js';
import { serve } from './serve.js';
import { approveOrder, hop, killGateway, stopElsewhere, waitInLine } from './story.js';

const isServed = process.argv.includes('--serve');

/** Models that are asked instead of the scripted ones. */
const own: Record<string, string> = {};
for (const name of ['OLLAMA_HOSTS', 'MODELS']) {
  const value = process.env[name];
  if (isServed && value) own[name] = value;
}

const cluster = await startCluster({
  folder: fileURLToPath(new URL('.', import.meta.url)),
  // About as fast as a model; in the page, slow enough to kill a gateway meanwhile.
  script: shopModel(isServed ? 120 : 25),
  ...(isServed && { port: Number(process.env['PORT'] ?? 4300) }),
  redis: !process.argv.includes('--no-redis'),
  // A lease this short suits a demo: under load, healthy gateways would be taken for lost.
  variables: { LEASE: '3000', GRACE: '20000', REQUESTS_PER_MINUTE: '600', ...own },
});

heading('rxjs-ollama in Nest');
line();
line(`   models     ${own['OLLAMA_HOSTS'] ?? 'two scripted Ollamas'}, as one pool`);
line(`   shop       inventory and orders, which the tools call`);
if (cluster.hasRedis) {
  line(`   Redis      started for this demo: runs, chats, and a queue per user`);
  line(`   gateways   A and B, behind a balancer at ${cluster.url}`);
} else {
  line(`   Redis      none: runs are in the memory of the gateway`);
  line(`   gateway    A, behind a balancer at ${cluster.url}`);
}

if (isServed) await serve(cluster);
else {
  await hop(cluster);
  await approveOrder(cluster);
  if (cluster.hasRedis) {
    await stopElsewhere(cluster);
    await waitInLine(cluster);
    await killGateway(cluster);
  } else {
    heading('Not shown without Redis');
    line('   A second gateway, the queue per user, and a gateway that is killed in mid-answer.');
    line('   Install redis-server, and run the demo again.');
  }
  heading('See it in the browser: npm run demo:nest -- --serve');
  line();
}
await cluster.close();
