export { chunk, chunks, type DoneFields } from './chunk.js';
export { scriptedClient, type ClientScript, type ScriptedClient } from './scriptedClient.js';
