import { expectTypeOf } from 'expect-type';
import type { Message as OfficialMessage, GenerateRequest as OfficialGenerate } from 'ollama';
import {
  fromOllamaChat,
  fromOllamaGenerate,
  type AssistantMessage,
  type GenerateRequest,
  type Message,
} from '../../lib/index.js';

declare const bytes: Uint8Array;
declare const buffer: ArrayBuffer;
declare const blob: Blob;
declare const file: File;

// Whatever has the bytes, mixed, and lists that nobody changes.
const message: Message = {
  role: 'user',
  content: 'What is this?',
  images: [bytes, buffer, blob, file, 'aGk=', 'data:image/png;base64,aGk='],
};
void fromOllamaChat({ model: 'llava', messages: [message] });
void fromOllamaChat({
  model: 'llava',
  messages: [{ role: 'user', content: '', images: [bytes] as const }],
});
void fromOllamaGenerate({ model: 'llava', images: [blob, 'aGk='] });

// What the official package takes.
expectTypeOf<NonNullable<OfficialMessage['images']>>().toExtend<NonNullable<Message['images']>>();
expectTypeOf<NonNullable<OfficialGenerate['images']>>().toExtend<
  NonNullable<GenerateRequest['images']>
>();
expectTypeOf<OfficialMessage>().toExtend<Message>();
expectTypeOf<AssistantMessage>().toExtend<Message>();

// @ts-expect-error -- numbers are not bytes
void fromOllamaGenerate({ model: 'llava', images: [[1, 2, 3]] });
// @ts-expect-error -- an image alone is not a list
void fromOllamaGenerate({ model: 'llava', images: bytes });
