import type { ChatStatistics, Throughput, ToolRunEvent } from 'rxjs-ollama';

const DOING = {
  thinking: 'thinking',
  answer: 'answering',
  tools: 'calling tools',
  done: 'finishing',
} as const;

/** Follows how a run goes. */
export interface Gauge {
  add(figures: Throughput): void;
  follow(event: ToolRunEvent): void;
  /** A second has passed. */
  tick(): void;
  /** How it goes at this moment. */
  status(): string;
}

export function createGauge(): Gauge {
  let latest: Throughput | undefined;
  let waited = 0;
  let tool: string | undefined;

  const state = (): string => {
    if (tool) return `running ${tool}`;
    if (!latest) return `waiting${waited ? ` · ${String(waited)} s` : ''}`;
    const { phase, tokensPerSecond } = latest;
    const rate = tokensPerSecond === undefined ? '' : ` · ${tokensPerSecond.toFixed(0)} tokens/s`;
    return DOING[phase] + rate;
  };

  return {
    add(figures) {
      latest = figures;
    },
    follow(event) {
      if (event.type === 'tool-approval') tool = undefined;
      if (event.type === 'tool-start') tool = event.call.function.name;
      if ('text' in event) tool = undefined;
      if (event.type === 'step-finish') {
        latest = undefined;
        waited = 0;
      }
    },
    tick() {
      waited++;
    },
    status: () => `${state()} · Ctrl-C stops`,
  };
}

/** What the server has measured, as far as it tells. */
export function summarize(statistics: ChatStatistics): string {
  const { load_duration, prompt_eval_count, prompt_eval_duration } = statistics;
  const { eval_count = 0, eval_duration } = statistics;
  const load = load_duration ? `load ${toTime(load_duration)} · ` : '';
  const speed = eval_duration ? (eval_count / eval_duration) * 1e9 : undefined;
  return (
    `${load}prompt ${toTokens(prompt_eval_count, prompt_eval_duration)}\n` +
    `generation ${toTokens(eval_count, eval_duration)}${speed ? ` · ${speed.toFixed(1)} tokens/s` : ''}`
  );
}

function toTokens(count = 0, duration?: number): string {
  return `${String(count)} tokens${duration ? ` in ${toTime(duration)}` : ''}`;
}

function toTime(nanoseconds: number): string {
  const milliseconds = nanoseconds / 1e6;
  return milliseconds < 1000
    ? `${milliseconds.toFixed(0)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
