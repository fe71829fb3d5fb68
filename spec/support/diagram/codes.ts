/** The code of the playground for a diagram. */
interface Code {
  readonly code: string;
  /** All inputs are `source$`, one per subscription. */
  readonly isInTurn?: boolean;
}

/** Any value fits. */
const SCHEMA = `const schema = {
  '~standard': { version: 1, vendor: 'playground', validate: (value) => ({ value }) },
};
`;

/** The diagrams whose code is not the call that stands in the picture. */
export const CODES: Readonly<Record<string, Code>> = {
  jsonElements: { code: `${SCHEMA}source$.pipe(jsonElements({ schema }))` },
  parseJson: { code: `${SCHEMA}source$.pipe(parseJson(schema))` },
  'parseJson-maxTrailing': { code: `${SCHEMA}source$.pipe(parseJson({ schema, maxTrailing: 4 }))` },
  partialJson: { code: `${SCHEMA}source$.pipe(partialJson({ schema }))` },
  raceChat: { code: 'raceChat([first$, second$], { after: 40 })' },
  'raceChat-error': { code: 'raceChat([first$, second$, third$], { after: 30 })' },
  recordChat: {
    code: `const lines$ = new Subject();
({
  result: source$.pipe(recordChat((line) => lines$.next(line))),
  sink: lines$.pipe(map((line) => JSON.parse(line))),
})`,
  },
  replayChat: {
    code: `const recording = toRecording(
  marbleChat('--a---b-(d|)'),
  { frame: 10 },
);
({
  'speed: 1': replayChat(recording),
  'speed: 2': replayChat(recording, { speed: 2 }),
  'speed: 0.5': replayChat(recording, { speed: 0.5 }),
  'speed: Infinity': replayChat(recording, { speed: Infinity }),
})`,
  },
  retryChat: {
    isInTurn: true,
    code: `source$.pipe(
  retryChat({ count: 2, delay: (_, attempt) => attempt * 30 }),
)`,
  },
  'retryChat-restart': {
    isInTurn: true,
    code: `source$.pipe(
  retryChat({ count: 2, delay: 20, when: 'restart' }),
)`,
  },
  'retryChat-run': {
    isInTurn: true,
    code: `source$.pipe(
  retryChat({ count: 3, delay: 20, when: 'restart' }),
)`,
  },
  shareChat: {
    code: `const shared$ = source$.pipe(shareChat());
({
  early: shared$,
  late: timer(60).pipe(switchMap(() => shared$)),
  after: timer(160).pipe(switchMap(() => shared$)),
})`,
  },
  'shareChat-run': {
    code: `const shared$ = source$.pipe(shareChat());
({
  early: shared$,
  late: timer(80).pipe(switchMap(() => shared$)),
  later: timer(190).pipe(switchMap(() => shared$)),
})`,
  },
  'shareChat-unsubscribe': {
    code: `const shared$ = source$.pipe(shareChat());
const during = (from, to) =>
  merge(NEVER, timer(from).pipe(
    switchMap(() => shared$),
    takeUntil(timer(to)),
  ));
({
  first: during(0, 40),
  second: during(20, 60),
  third: timer(110).pipe(switchMap(() => shared$)),
})`,
  },
  takeUntilAborted: {
    code: `const stopper = new AbortController();
signal$.subscribe(() => stopper.abort());
source$.pipe(takeUntilAborted(stopper.signal))`,
  },
  tapThroughput: {
    code: `const observer$ = new Subject();
({
  observer: observer$.pipe(
    map(({ phase, tokens, exact, tokensPerSecond }) => ({
      phase, tokens, exact,
      ...(tokensPerSecond !== undefined && { tokensPerSecond }),
    })),
  ),
  result: source$.pipe(tapThroughput(observer$)),
})`,
  },
};
