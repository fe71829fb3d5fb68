import { context, trace, type Context, type Span } from '@opentelemetry/api';

/** The spans that have ended, with the contexts that they were started in. */
const ended = new WeakMap<Span, Context>();

/** Keeps in which context a span was started, once it has ended. */
export function setEnded(span: Span, parent: Context): void {
  ended.set(span, parent);
}

/**
 * The context in which the next span belongs: the active one, but never that of a span which has ended.
 *
 * A chat that follows another, by a retry for example, is started where the other one ended, and so in its context.
 * Restoring the context for the subscriber would cost more per chunk than all else that is done for it.
 */
export function findParent(): Context {
  let parent = context.active();
  for (;;) {
    const span = trace.getSpan(parent);
    const outer = span && ended.get(span);
    if (!outer) return parent;
    parent = outer;
  }
}
