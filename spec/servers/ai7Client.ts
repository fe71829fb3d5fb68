import { createUiChat } from '../node/uiChat.js';

// Runs with version 7 of `ai` in a Node of its own, and prints what a chat shows.
const [, , url = '', approves] = process.argv;
const { chat, parts } = createUiChat(url);
await chat.sendMessage({ text: 'Hi' });
const before = parts();
if (approves) {
  await chat.addToolApprovalResponse({ id: 'call_p', approved: true });
  do await new Promise(setImmediate);
  while (chat.status === 'submitted' || chat.status === 'streaming');
}
console.log(
  JSON.stringify({ status: chat.status, error: chat.error?.message, before, parts: parts() }),
);
