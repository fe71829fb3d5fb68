// What does it cost to read a gateway's server-sent events?
import { contestChunks, measureChunks } from '../harness/contest.mjs';

export const rounds = 7;

/** @param {import('../harness/contest.mjs').Context} context */
export const ask = (context) =>
  contestChunks(context, 'events', ['ours', 'limit'], 'events', ['limit']);

export const measure = measureChunks('events');
