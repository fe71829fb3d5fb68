import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { expectFile } from '../../support/generated.js';
import { drawSequence, type Moment, type Sequence } from '../../support/sequence.js';
import { follow, readAll, start, stop } from './client.js';
import type { Frame, Reader } from './openReader.js';
import { makePieces } from './question.js';
import { useChaos } from './setup.js';

const chaos = useChaos();

const PAGE = 'Page';
const OLLAMA = 'Ollama';
const LOG = 'Log';
const ONE = 'Gateway 1';
const TWO = 'Gateway 2';
const LANES = [PAGE, TWO, LOG, ONE, OLLAMA];

const SAID = 4;
const pieces = makePieces(6);

/** The ids of events that were read, or the name of the one that ends them. */
function nameOf(frames: readonly Frame[]): string {
  const [first, last] = [frames[0]?.id ?? '', frames.at(-1)?.id ?? ''];
  return first === last ? `${first} ${frames[0]?.event ?? ''}` : `${first} to ${last}`;
}

const got = (from: string, frames: readonly Frame[], stops = false): Moment => ({
  ...{ from, to: PAGE, text: nameOf(frames), stops },
});

/** Draws what has happened. */
function draw(name: string, words: Pick<Sequence, 'title' | 'description'>, moments: Moment[]) {
  const svg = drawSequence({ ...words, lanes: LANES, moments });
  expectFile(join(__dirname, `../../../docs/pictures/${name}.svg`), svg);
}

/** A run at the first gateway, of which the page has read four events. */
async function begin(settings = {}) {
  const [one, two] = await chaos.gateways(settings);
  const n = (await chaos.model.count()) + 1;
  const { id, reader } = await start(one, { pieces });
  const chat = await chaos.model.chat(n);
  await chat.release(SAID);
  await reader.until(SAID);
  const moments: Moment[] = [
    { from: PAGE, to: ONE, text: 'POST /chat' },
    { from: ONE, to: OLLAMA, text: 'request' },
    { from: OLLAMA, to: ONE, text: 'chunks' },
    { from: ONE, to: LOG, text: nameOf(reader.frames) },
    got(ONE, reader.frames),
  ];
  return { one, two, id, reader, chat, moments };
}

const endOf = ({ frames }: Reader): readonly Frame[] => frames.slice(-1);

describe('the pictures of runs', () => {
  it('leave', async () => {
    const { one, two, id, reader, chat, moments } = await begin({ grace: 1500 });
    reader.leave();
    moments.push({ at: PAGE, text: 'leaves' });
    const back = follow(two, id, { after: '1-4' });
    await back.response;
    await chat.release(1);
    await back.until(1);
    moments.push(
      { from: PAGE, to: TWO, text: 'after 1-4' },
      { from: OLLAMA, to: ONE, text: 'chunk' },
      { from: ONE, to: LOG, text: nameOf(back.frames) },
      { from: LOG, to: TWO, text: nameOf(back.frames) },
      got(TWO, back.frames),
      { at: PAGE, text: 'leaves for good' },
    );
    back.leave();
    expect((await chat.closed()).outcome).toBe('aborted');
    const late = await readAll(one, id, { after: '1-5' });
    expect(late.frames.map(({ event }) => event)).toEqual(['abandoned']);
    moments.push(
      { at: ONE, text: 'no reader for the time of grace' },
      { from: ONE, to: OLLAMA, text: 'close', stops: true },
      { from: ONE, to: LOG, text: nameOf(late.frames), stops: true },
    );
    draw(
      'runs-leave',
      {
        title: 'A page that leaves',
        description:
          'The page comes back in time, at the other gateway: the run continues. It leaves for good: after the time of grace the first gateway stops the model.',
      },
      moments,
    );
  });

  it('reload', async () => {
    const { two, id, reader, chat, moments } = await begin();
    reader.leave();
    const again = follow(two, id);
    await again.until(SAID);
    expect(again.text).toBe(reader.text);
    moments.push(
      { at: PAGE, text: 'reloads' },
      { from: PAGE, to: TWO, text: 'GET events' },
      { from: LOG, to: TWO, text: nameOf(again.frames) },
      got(TWO, again.frames),
    );
    await chat.release();
    await again.ended;
    const rest = again.frames.slice(SAID);
    expect(rest.at(-1)?.event).toBe('done');
    moments.push(
      { from: OLLAMA, to: ONE, text: 'chunks' },
      { from: ONE, to: LOG, text: nameOf(rest) },
      { from: LOG, to: TWO, text: nameOf(rest) },
      got(TWO, rest),
      { at: PAGE, text: 'done' },
    );
    draw(
      'runs-reload',
      {
        title: 'A page that reloads',
        description:
          'The page reads the same events again from the log, at the other gateway, and then those that come.',
      },
      moments,
    );
  });

  it('kill', async () => {
    const { one, two, id, reader, moments } = await begin({ lease: 2000 });
    const after = reader.frames.at(-1)?.id ?? '';
    await one.kill();
    const next = await readAll(two, id, { after });
    expect(next.frames.map(({ event }) => event)).toEqual(['failed']);
    moments.push(
      { at: ONE, text: 'kill -9', ends: true },
      { from: PAGE, to: TWO, text: `after ${after}` },
      { at: TWO, text: 'waits until the lease has run out' },
      { from: TWO, to: LOG, text: nameOf(endOf(next)), stops: true },
      got(TWO, endOf(next), true),
    );
    draw(
      'runs-kill',
      {
        title: 'A gateway that is killed',
        description:
          'The page continues at the other gateway. When the lease of the killed one has run out, the other one ends the run in the log.',
      },
      moments,
    );
  });

  it('stop', async () => {
    const { two, id, reader, chat, moments } = await begin();
    expect(await stop(two, id)).toBe(204);
    await reader.ended;
    expect((await chat.closed()).outcome).toBe('aborted');
    expect(endOf(reader)[0]?.event).toBe('stopped');
    moments.push(
      { from: PAGE, to: TWO, text: 'POST stop', stops: true },
      { from: TWO, to: LOG, text: 'signal', stops: true },
      { from: LOG, to: ONE, text: 'signal', stops: true },
      { from: ONE, to: OLLAMA, text: 'close', stops: true },
      { from: ONE, to: LOG, text: nameOf(endOf(reader)), stops: true },
      got(ONE, endOf(reader), true),
    );
    draw(
      'runs-stop',
      {
        title: 'A run that is stopped',
        description:
          'The page asks the other gateway to stop. A signal reaches the first gateway, which stops the model and ends the run.',
      },
      moments,
    );
  });
});
