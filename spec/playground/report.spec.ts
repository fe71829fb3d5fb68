import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { toProgram } from '../../site/playground/evaluate.js';
import { harden } from '../../site/playground/harden.js';
import { PRESETS } from '../../site/playground/presets.js';
import { MAX_DRAWN, toReport, type Report } from '../../site/playground/report.js';
import { readReply } from '../../site/playground/readReport.js';
import { SCOPE } from '../../site/playground/scope.js';
import { showAt } from '../../site/playground/showAt.js';
import { parseScript, type Script } from '../../site/playground/script.js';
import { draw } from '../../site/playground/view/draw.js';
import { toModel, type Model } from '../../site/playground/view/model.js';

const script: Script = { code: 'source$', marbles: '-o-p-q-r-a-b-(d|)', letters: '', frame: 10 };

function report(part: Partial<Script> = {}): Report {
  const all = { ...script, ...part };
  const { inputs } = parseScript(all);
  return toReport(toProgram(all.code)(inputs, all.stopAt), inputs, 'source$');
}

function model(part: Partial<Script> = {}): Model {
  const { rows, inputs } = parseScript({ ...script, ...part });
  return toModel(rows, inputs, report(part), part.stopAt);
}

const shown = (part: Partial<Script>, at = Infinity) => showAt(report(part).screens, at);

describe('the report of a run', () => {
  it('has the words of the code for each operator, and what it held back', () => {
    const { stages, end } = report({
      code: 'source$.pipe(splitThinking(), bufferForUi({ every: 30 }))',
    });
    expect(stages.map(({ label }) => label)).toEqual([
      'splitThinking()',
      'bufferForUi({ every: 30 })',
    ]);
    expect(stages[0]?.holds[0]).toEqual({ kind: 'thinking', from: [10, 30], to: 30 });
    expect(stages[1]?.clocks[0]).toEqual({ from: 30, to: 60, ms: 30, fired: true });
    expect(stages[1]?.marks[0]).toEqual({
      ...{ at: 60, kind: 'thinking', letter: expect.stringMatching(/^\p{L}$/u) },
      lines: ["'Let me see.'"],
    });
    expect(end).toBe(130);
  });

  it('has the results by their labels if there are several', () => {
    const { stages } = report({ code: '({ one: source$.pipe(answerText()), two: timer(5) })' });
    expect(stages.map(({ label, isResult }) => [label, isResult])).toEqual([
      ['answerText()', false],
      ['one', true],
      ['two', true],
    ]);
  });

  it('is made of any values, and can be cloned', () => {
    const code = `of(undefined, null, 1n, Symbol('s'), () => 1, new Map(), { message: 1, done: true },
      { get message() { throw new Error('no'); }, done: false }, [[]], new Proxy({}, {})).pipe(map((x) => x))`;
    const made = report({ code });
    expect(made.stages[0]?.marks).toHaveLength(11);
    expect(structuredClone(made)).toEqual(made);
  });

  it('has whole emoji in words that are cut', () => {
    for (const length of [60, 61, 62, 63]) {
      const letters = `v: ${'x'.repeat(length % 4)}${'😀'.repeat(length)}`;
      const [stage] = report({ code: 'source$.pipe(answerText())', marbles: 'v|', letters }).stages;
      expect(stage?.marks[0]?.lines[0]).toMatch(/…/);
      expect(stage?.marks[0]?.lines[0]).not.toMatch(/\p{Surrogate}/u);
    }
  });

  it('says that it is cut', () => {
    expect(report({ code: 'interval(1).pipe(map(String))' }).isCut).toBe(true);
  });
});

describe('the screen at a time', () => {
  it.each<[string, string, object]>([
    [
      'messages',
      'source$.pipe(splitThinking(), accumulateMessage())',
      { thinking: 'Let me see.', content: 'Hello' },
    ],
    [
      'responses',
      'source$.pipe(splitThinking(), accumulateResponse())',
      { thinking: 'Let me see.', content: 'Hello' },
    ],
    ['chunks', 'source$.pipe(splitThinking())', { thinking: 'Let me see.', content: 'Hello' }],
    ['texts', 'source$.pipe(splitThinking(), answerText())', { content: 'Hello' }],
    ['calls', "of({ function: { name: 'f', arguments: {} } })", { calls: ['f()'] }],
    ['lists of calls', "of([{ function: { name: 'f', arguments: {} } }])", { calls: ['f()'] }],
    ['other values', 'of({ a: 1 })', { other: '{\n  "a": 1\n}' }],
  ])('shows %s', (_, code, wanted) => {
    expect(shown({ code })).toMatchObject(wanted);
  });

  it('shows what has come by then', () => {
    const code = 'source$.pipe(splitThinking(), accumulateMessage())';
    expect(shown({ code }, 29)).toBeUndefined();
    expect(shown({ code }, 30)).toMatchObject({ thinking: 'Let me ', content: '' });
    expect(shown({ code }, 90)).toMatchObject({ thinking: 'Let me see.', content: 'Hel' });
  });

  it('starts over with a message that starts over', () => {
    const letters =
      'v: {"model":"m","created_at":"","message":{"role":"assistant","content":"Bye"},"done":false,"reset":true}';
    expect(shown({ marbles: '-a-v|', letters })).toMatchObject({ content: 'Bye' });
  });
});

describe('what a worker says', () => {
  it('is read as it was', () => {
    const said = {
      id: 1,
      kind: 'run',
      report: report({ code: 'source$.pipe(splitThinking(), answerText())' }),
    };
    expect(readReply(said)).toEqual(said);
  });

  it('becomes a small reply or nothing, whatever it is', () => {
    const kind = fc.constantFrom('run', 'spec', 'error', 'other');
    const said = fc.oneof(
      fc.anything(),
      fc.record({
        id: fc.nat(),
        kind,
        report: fc.anything(),
        text: fc.anything(),
        message: fc.anything(),
      }),
    );
    fc.assert(
      fc.property(said, (value) => {
        const reply = readReply(value);
        if (reply) expect(JSON.stringify(reply).length).toBeLessThan(10_000);
      }),
    );
  });

  it('is cut where it is too long', () => {
    const mark = {
      at: 1,
      kind: '<svg>',
      letter: 'abc',
      lines: Array(9).fill('x'.repeat(999)) as string[],
    };
    const stage = {
      label: 'l'.repeat(999),
      marks: Array(9999).fill(mark) as object[],
      clocks: [{ from: 1, to: 'x', ms: -1 }],
    };
    const reply = readReply({
      id: 1,
      kind: 'run',
      report: { stages: Array(199).fill(stage) as object[] },
    });
    if (reply?.kind !== 'run') throw new Error('It is a report.');
    expect(reply.report.stages).toHaveLength(100);
    expect(reply.report.stages[0]).toMatchObject({
      label: 'l'.repeat(200),
      clocks: [{ from: 1, to: 0, ms: 0 }],
    });
    expect(reply.report.stages[0]?.marks).toHaveLength(5000);
    expect(reply.report.stages[0]?.marks[0]).toEqual({
      ...{ at: 1, kind: 'value', letter: 'ab' },
      lines: Array(4).fill('x'.repeat(120)),
    });
  });
});

describe('the picture', () => {
  const view = { width: 1000, from: 0, to: 130 };
  const count = (content: string, part: string) => content.split(part).length - 1;

  it('has a marble per value, a place for each that can be moved, and a box per operator', () => {
    const { content, handles } = draw(model({ code: 'source$.pipe(splitThinking())' }), view);
    expect(handles.map(({ n, at }) => [n, at])).toEqual([
      ...[10, 30, 50, 70, 90, 110, 130].map((at, n) => [n, at]),
      [7, 130],
    ]);
    expect(count(content, 'class="call"')).toBe(1);
    expect(count(content, '<title>')).toBe(12);
    expect(content).toContain('splitThinking()');
  });

  it('ends where a run ends, however late its marbles are', () => {
    expect(model({ marbles: '-a 999999s b|' }).end).toBe(60_000);
  });

  it('shows what never came as a ghost', () => {
    const { content } = draw(model({ code: 'source$.pipe(answerText())', stopAt: 60 }), view);
    expect(count(content, '<g class="never">')).toBe(4);
  });

  it('has bars for more marbles than anyone can see', () => {
    const marbles = `${'a-'.repeat(MAX_DRAWN + 1)}|`;
    const many = model({ marbles, code: 'source$.pipe(answerText())' });
    const { content, handles } = draw(many, { ...view, to: many.end });
    expect(handles).toEqual([]);
    expect(count(content, 'class="bar answer"')).toBe(MAX_DRAWN + 1);
    expect(content).toContain(`${String(MAX_DRAWN + 1)} values`);
    const zoomed = draw(many, { ...view, from: 0, to: 200 });
    expect(zoomed.handles).toHaveLength(11);
  });

  it('has no markup of a user', () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const { content } = draw(
      model({
        code: `source$.pipe(map((x) => x), tap('${hostile}' && (() => 1)), timeoutChat({ idle: 5 }))`,
        letters: `v: ${hostile}\n#: {"name":"${hostile}","message":"no"}`,
        marbles: `-v-#\n${'-v'.repeat(80)}`,
      }),
      view,
    );
    expect(content).toContain('&lt;img');
    expect(content).not.toContain('<img');
  });

  it.each([240, 320, 390, 800, 1200])('stays within %i px', (width) => {
    for (const preset of PRESETS) {
      const { content } = draw(model(preset), { width, from: 0, to: model(preset).end });
      const places = [...content.matchAll(/ (?:x|cx)="(-?[\d.]+)"|translate\((-?[\d.]+)/g)];
      for (const [, x, moved] of places) {
        expect(Number(x ?? moved)).toBeGreaterThanOrEqual(0);
        expect(Number(x ?? moved)).toBeLessThanOrEqual(width);
      }
    }
  });
});

describe('what code may name', () => {
  it('is everything of RxJS and every operator', () => {
    const operators = readdirSync(join(__dirname, '../../lib/operators')).map((file) =>
      basename(file, '.ts'),
    );
    expect(Object.keys(SCOPE)).toEqual(expect.arrayContaining([...operators, 'of', 'switchMap']));
  });

  it('is nothing that makes a request or stores something, also by way of prototypes', () => {
    class Base {
      fetch(): void {
        throw new Error('It was called.');
      }
    }
    class Global extends Base {
      WebSocket = 1;
      navigator = Object.assign(Object.create({ sendBeacon: 1 }) as object, { locks: 1 });
    }
    const global = new Global();
    Object.defineProperty(global, 'indexedDB', { value: 1, configurable: false, writable: true });
    const { navigator } = global;
    harden(global);
    for (const name of ['fetch', 'WebSocket', 'indexedDB', 'navigator']) {
      expect(Reflect.get(global, name)).toBeUndefined();
    }
    expect(Reflect.get(Base.prototype, 'fetch')).toBeUndefined();
    expect(navigator).not.toHaveProperty('sendBeacon');
  });
});

describe('the presets', () => {
  it.each(PRESETS.map((preset) => [preset.name, preset] as const))('run: %s', (_, preset) => {
    const { stages, screens, isCut } = report(preset);
    expect(isCut).toBe(false);
    expect(screens.length).toBeGreaterThan(1);
    expect(stages.flatMap(({ marks }) => marks).length).toBeGreaterThan(2);
  });
});
