import { Router } from 'express';
import { filter, firstValueFrom } from 'rxjs';
import { defineTool, runTools, type FinishEvent, type Message } from 'rxjs-ollama';
import { pipeToResponse, type RunContext, type Runs } from 'rxjs-ollama/node';
import { ownerOf } from './runs.js';

const refund = defineTool({
  name: 'refund',
  description: 'Pays an order back.',
  parameters: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
  needsApproval: true,
  execute: async ({ order }: { order: string }) => {
    const url = `${process.env['SHOP_URL'] ?? ''}/refunds/${encodeURIComponent(order)}`;
    return (await fetch(url, { method: 'POST' })).text();
  },
});

/** What a run is made of. It is JSON, so that another gateway can continue it. */
interface Work {
  readonly messages: readonly Message[];
  /** With decisions, or a place for them, the run ends at a call that waits, and another one continues. */
  readonly decisions?: Readonly<Record<string, boolean>>;
}

export const work = ({ input, approve }: RunContext) => {
  const { messages, decisions } = input as Work;
  return runTools(
    { model: 'qwen3', messages },
    { tools: [refund], decisions, approve: decisions ? () => 'suspend' : approve },
  );
};

export function approvalRoutes(runs: Runs): Router {
  const router = Router();

  // A run that waits for decisions, or with `later` one that ends at them.
  router.post('/work', async (request, response) => {
    const { question, later } = request.body as { question: string; later?: boolean };
    const owner = ownerOf(request);
    const messages = [{ role: 'user', content: question }];
    const input: Work = { messages, ...(later && { decisions: {} }) };
    const { id } = await runs.start(work, { owner, input });
    const headers = { 'x-run-id': id, 'content-location': `/chat/${id}/events` };
    await pipeToResponse(runs.follow(id, { owner }), response, { headers });
  });

  // Decides on a call of a run that waits, at any gateway. One of several decisions gets 204.
  router.post('/work/:id/calls/:call', async (request, response) => {
    const { id, call } = request.params;
    const { approved } = request.body as { approved?: unknown };
    const decided = await runs.decide(id, call, approved === true, { owner: ownerOf(request) });
    response.sendStatus(decided ? 204 : 404);
  });

  // Continues after a run that has ended with calls that wait, at any gateway.
  router.post('/work/:id/decisions', async (request, response) => {
    const { id } = request.params;
    const owner = ownerOf(request);
    const decisions = request.body as Record<string, boolean>;
    const waiting = await findWaiting(runs, id, owner);
    if (!waiting || !Object.keys(decisions).every((call) => waiting.calls.has(call))) {
      response.status(404).json({ error: 'There is no such call.' });
      return;
    }
    const input: Work = { messages: waiting.messages, decisions };
    // With this key, only the first of several decisions starts a run. The others read it.
    const { id: next } = await runs.start(work, { owner, input, key: `after ${id}` });
    const headers = { 'x-run-id': next, 'content-location': `/chat/${next}/events` };
    await pipeToResponse(runs.follow(next, { owner }), response, { headers });
  });

  return router;
}

/** The messages of a run that has ended, and its calls that wait. */
async function findWaiting(runs: Runs, id: string, owner: string) {
  const run = await runs.find(id, { owner });
  if (!run?.ended) return undefined;
  const end$ = runs
    .follow(id, { owner })
    .pipe(filter(({ event }) => event === 'finish' || event === 'closing'));
  const end = await firstValueFrom(end$, { defaultValue: undefined });
  if (end?.event === 'closing') throw new Error('The run can not be read now.');
  if (!end) return undefined;
  const { messages, pending = [] } = JSON.parse(end.data) as FinishEvent;
  return {
    messages: [...(run.input as Work).messages, ...messages],
    calls: new Set(pending.map((call) => call.id)),
  };
}
