import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
} from 'express';
import { fromOllamaChat } from 'rxjs-ollama';
import { RunError, pipeToResponse, type Runs } from 'rxjs-ollama/node';

/** The user of a request. In your app: that of the session. */
export const ownerOf = (request: Request): string => request.get('x-user') ?? '';

/** A user is needed for all that follows: without one, all would share their runs. */
const requireUser: RequestHandler = (request, response, next) => {
  if (ownerOf(request)) next();
  else response.status(401).json({ error: 'Log in.' });
};

/** What the model is asked. A gateway that takes a run over asks it again. */
export function answer(input: unknown) {
  const { question } = input as { question: string };
  const messages = [{ role: 'user', content: question }];
  return fromOllamaChat({ model: 'qwen3', messages });
}

/** What is not the fault of a request is most likely a store that can't be reached: the page asks again. */
const onError: ErrorRequestHandler = (error: unknown, _, response, next) => {
  if (response.headersSent) {
    next(error);
  } else if (error instanceof RunError) {
    response.status(error.statusCode).json({ error: error.message });
  } else {
    console.error(error);
    response.status(503).json({ error: 'Try again.' });
  }
};

export function createApp(runs: Runs): Express {
  const app = express();
  app.use(express.json({ limit: '100kb' }), requireUser);

  // Starts a run, and streams it. A second request with the same key gets the same run.
  app.post('/chat', async (request, response) => {
    const { question } = (request.body ?? {}) as { question?: unknown };
    if (typeof question !== 'string') {
      response.status(400).json({ error: 'The body has no question.' });
      return;
    }
    const owner = ownerOf(request);
    const key = request.get('idempotency-key');
    const input = { question };
    const { id } = await runs.start(() => answer(input), { owner, key, input });
    const headers = { 'x-run-id': id, 'content-location': `/chat/${id}/events` };
    await pipeToResponse(runs.follow(id, { owner }), response, { headers });
  });

  // Streams what comes after an event, or all.
  app.get('/chat/:id/events', async (request, response) => {
    const { id } = request.params;
    const owner = ownerOf(request);
    const after = request.get('last-event-id');
    const events$ = runs.follow(id, { owner, after });
    const run = await runs.find(id, { owner });
    if (!run) response.status(404).json({ error: 'There is no such run.' });
    // An EventSource asks again after the end, until it gets this.
    else if (run.ended && run.last === after) response.sendStatus(204);
    else await pipeToResponse(events$, response);
  });

  app.post('/chat/:id/stop', async (request, response) => {
    const stopped = await runs.stop(request.params.id, { owner: ownerOf(request) });
    response.sendStatus(stopped ? 204 : 404);
  });

  app.use(onError);
  return app;
}
