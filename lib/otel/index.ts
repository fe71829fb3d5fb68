export { traceChat, type TraceChatOptions } from './traceChat.js';
export { traceRun, type TraceRunOptions } from './traceRun.js';
export { traceTools, type TraceToolsOptions } from './traceTools.js';
export { type CaptureContent, type ChatFields, type TraceOptions } from './options.js';
