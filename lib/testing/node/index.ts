export { demoModel, type DemoModel, type DemoModelOptions } from './demoModel.js';
export {
  runStoreContract,
  type ContractCheck,
  type RunStoreCandidate,
} from './runStoreContract.js';
export { startScriptedOllama } from './startScriptedOllama.js';
export { inTurn } from './script.js';
export type { ScriptedOllama, ScriptedOllamaOptions } from './startScriptedOllama.js';
export type { Capability, ScriptedModel, ScriptedModels } from './readModels.js';
export type { Outcome, ReceivedBody, ReceivedRequest } from './received.js';
export type {
  ChunkStep,
  ErrorStep,
  FaultStep,
  ProgressStep,
  RawStep,
  Reply,
  Scenario,
  Script,
  Step,
  Steps,
} from './script.js';
