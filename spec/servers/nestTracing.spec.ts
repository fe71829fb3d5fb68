import { expect, it } from '@jest/globals';
import { startCluster } from '../../examples/nest/demo/cluster.js';
import { shopModel } from '../../examples/nest/demo/model.js';
import { buildNestExample } from '../../scripts/nestExample.js';
import { startCollector } from '../otel/collector.js';
import { newChat, post, read } from './nest.js';

it('records a request with its run, the model and the services of its tools as one trace', async () => {
  const collector = await startCollector();
  const cluster = await startCluster({
    folder: await buildNestExample(),
    script: shopModel(0),
    variables: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
  });
  const { url } = cluster;
  const response = await post(`${url}/chat`, { chat: newChat(), message: 'Order a desk lamp.' });
  const run = String(response.headers.get('x-run-id'));
  await read(response).forEach((event) => {
    if (event.type !== 'tool-approval') return;
    void post(`${url}/chat/${run}/approve/${event.call.id}`, { approved: true });
  });
  // Gateways send what they have when they shut down.
  await cluster.close();

  const all = collector.spans();
  const root = all.find(({ name }) => name === 'POST /chat');
  const toTree = (parent: string | undefined): unknown[] =>
    all
      .filter((span) => span.parent === parent && span.trace === root?.trace)
      .sort((one, other) => one.start - other.start)
      .map(({ id, name, attributes }) => {
        const below = toTree(id);
        const about = name === 'POST' || name === 'GET' ? ` ${String(attributes['url.path'])}` : '';
        return below.length ? [name + about, ...below] : name + about;
      });
  expect(root?.parent).toBeUndefined();
  expect(toTree(undefined)).toEqual([
    [
      'POST /chat',
      [
        'invoke_agent shop-assistant',
        'chat qwen3',
        'GET /stock',
        ['execute_tool place_order', 'POST /orders'],
        'chat qwen3',
      ],
    ],
  ]);
});
