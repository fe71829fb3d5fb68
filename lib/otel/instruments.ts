import type { Attributes, Meter } from '@opentelemetry/api';
import { LATEST_METRICS, OLDER_METRICS, OPT_IN, type Measure, type Metric } from './conventions.js';

/** Takes a measurement. Does nothing for what has no metric by the names that are in use. */
export type Measurer = (measure: Measure, value: number, attributes: Attributes) => void;

type Take = (value: number, attributes: Attributes) => void;

/** Whether the environment asks for the latest names of the conventions. */
export function isLatest(): boolean {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  let set: string | undefined;
  try {
    set = process?.env?.[OPT_IN.variable];
  } catch {
    // Deno throws without --allow-env.
  }
  return !!set?.split(',').some((value) => value.trim() === OPT_IN.latest);
}

/** The instruments of a meter, made once: a meter compares each new one with those that it has. */
const made = { latest: new WeakMap<Meter, Measurer>(), older: new WeakMap<Meter, Measurer>() };

/** Takes measurements by a meter, and by the latest names or by those before. */
export function getMeasurer(meter: Meter, latest: boolean): Measurer {
  const known = made[latest ? 'latest' : 'older'];
  const measurer = known.get(meter) ?? createMeasurer(meter, latest);
  known.set(meter, measurer);
  return measurer;
}

function createMeasurer(meter: Meter, latest: boolean): Measurer {
  const metrics: Readonly<Partial<Record<Measure, Metric>>> = latest
    ? LATEST_METRICS
    : OLDER_METRICS;
  const instruments = new Map(
    Object.entries(metrics).map(([measure, metric]) => [measure, createInstrument(meter, metric)]),
  );
  return (measure, value, attributes) => instruments.get(measure)?.(value, attributes);
}

function createInstrument(meter: Meter, metric: Metric): Take {
  const { name, description, unit, buckets, attributes: own } = metric;
  if (!buckets) {
    const counter = meter.createCounter(name, { description, unit });
    return (value, attributes) => {
      counter.add(value, attributes);
    };
  }
  const advice = { explicitBucketBoundaries: [...buckets] };
  const histogram = meter.createHistogram(name, { description, unit, advice });
  return (value, attributes) => {
    histogram.record(value, own ? { ...attributes, ...own } : attributes);
  };
}
