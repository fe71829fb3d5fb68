import type { Throughput } from 'rxjs-ollama';

const DOING = {
  thinking: 'thinking',
  answer: 'answering',
  tools: 'calling tools',
  done: 'finishing',
} as const;

/** Follows how fast an answer comes, which may take several requests. */
export interface Gauge {
  add(figures: Throughput): void;
  /** A second has passed. */
  tick(): void;
  /** The request is complete: its last figures are those of the server. */
  endRequest(): void;
  /** How it goes at this moment. */
  status(): string;
  /** What the server has measured, summed up over all requests. */
  summary(): string;
}

export function createGauge(): Gauge {
  const requests: Throughput[] = [];
  let latest: Throughput | undefined;
  let waited = 0;

  const sum = (field: 'tokens' | 'promptTokens' | 'loadMs' | 'promptMs' | 'generationMs') =>
    requests.reduce((total, figures) => total + (figures[field] ?? 0), 0);

  return {
    add(figures) {
      latest = figures;
    },
    tick() {
      waited++;
    },
    endRequest() {
      if (latest) requests.push(latest);
      latest = undefined;
      waited = 0;
    },
    status() {
      const state = latest
        ? `${DOING[latest.phase]} · ${latest.tokensPerSecond.toFixed(0)} tokens/s`
        : `waiting for the model${waited ? ` · ${String(waited)} s` : ''}`;
      return `${state} · Ctrl-C stops the model`;
    },
    summary() {
      const exact = requests.every((figures) => figures.exact);
      const tokens = sum('tokens');
      const generationMs = sum('generationMs');
      const rate = ((tokens / generationMs) * 1000).toFixed(1);
      const prompt = `prompt ${String(sum('promptTokens'))} tokens in ${toTime(sum('promptMs'))}`;
      const generation = exact
        ? `${String(tokens)} tokens in ${toTime(generationMs)} · ${rate} tokens/s`
        : `about ${String(tokens)} tokens`;
      return `load ${toTime(sum('loadMs'))} · ${prompt}\ngeneration ${generation}`;
    },
  };
}

function toTime(milliseconds: number): string {
  return milliseconds < 1000
    ? `${milliseconds.toFixed(0)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
