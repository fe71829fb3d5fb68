export { chunk, chunks, type DoneFields } from './chunk.js';
export { cuttings } from './cuttings.js';
export { marbleAssertion, type AssertEqual } from './marbleAssertion.js';
export { marbleChat } from './marbleChat.js';
export { type MarbleChat, type MarbleOptions } from './marbles.js';
export { scriptedClient, type ClientScript, type ScriptedClient } from './scriptedClient.js';
export { toMarbles } from './toMarbles.js';
export { toRecording } from './toRecording.js';
