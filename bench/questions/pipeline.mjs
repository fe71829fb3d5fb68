// What does one chunk cost with everything on top that a chat needs?
import { contestChunks, measureChunks } from '../harness/contest.mjs';

const CONTESTANTS = ['ours', 'official', 'handwritten', 'langchain', 'tanstack', 'ai'];

export const rounds = 7;

/** @param {import('../harness/contest.mjs').Context} context */
export const ask = (context) =>
  contestChunks(context, 'pipeline', CONTESTANTS, 'thinking', ['official']);

export const measure = measureChunks('pipeline');
