// What does one chunk cost on its way from the socket to the consumer?
import { contestChunks, measureChunks } from '../harness/contest.mjs';

const CONTESTANTS = ['ours', 'official', 'limit', 'handwritten', 'langchain', 'tanstack', 'ai'];

export const rounds = 7;

/** @param {import('../harness/contest.mjs').Context} context */
export const ask = (context) =>
  contestChunks(context, 'transport', CONTESTANTS, 'answer', ['official', 'limit']);

export const measure = measureChunks('stream');
