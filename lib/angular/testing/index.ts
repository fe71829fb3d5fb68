export { OllamaTestingController } from './OllamaTestingController.js';
export { provideOllamaTesting, type OllamaTestingOptions } from './provideOllamaTesting.js';
export type { ChatMatch, TestChat } from './testChat.js';
