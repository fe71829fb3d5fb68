// What does it cost to trace a chat?
import { contestChunks, measureChunks } from '../harness/contest.mjs';

export const rounds = 21;

/** @param {import('../harness/contest.mjs').Context} context */
export async function ask(context) {
  const findings = await contestChunks(context, 'otel', ['traced', 'ours'], 'thinking', ['ours']);
  const ratio = findings.measures['cpu']?.rows[0]?.ratio;
  if (!ratio) throw new Error('Nothing was measured.');
  return { ...findings, figures: { 'traced/ours': ratio } };
}

export const measure = measureChunks('pipeline');
