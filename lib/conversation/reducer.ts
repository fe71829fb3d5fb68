import type { ConversationAction } from './actions.js';
import type { Session } from './session.js';
import {
  end,
  fail,
  takeCall,
  takeChunk,
  takeDecision,
  takeLoaded,
  takeStep,
} from './turnActions.js';
import { clear, decide, destroy, edit, regenerate, send, stop } from './userActions.js';

/** The conversation after an action; the same object if nothing changes. */
export function advance(session: Session, action: ConversationAction): Session {
  switch (action.type) {
    case 'send':
      return send(session, action);
    case 'stop':
      return stop(session);
    case 'regenerate':
      return regenerate(session);
    case 'edit':
      return edit(session, action);
    case 'approve':
      return decide(session, action);
    case 'clear':
      return clear(session);
    case 'destroy':
      return destroy(session);
    case 'loaded':
      return takeLoaded(session, action);
    case 'chunk':
      return takeChunk(session, action);
    case 'call':
      return takeCall(session, action);
    case 'decided':
      return takeDecision(session, action);
    case 'step':
      return takeStep(session, action);
    case 'end':
      return end(session, action);
    case 'failed':
      return fail(session, action);
    case 'fault':
      return { ...session, error: action.error };
  }
}
