import {
  catchError,
  defer,
  filter,
  fromEvent,
  map,
  of,
  startWith,
  switchMap,
  type Observable,
} from 'rxjs';
import { FIRST, type Preset } from '../presets.js';
import type { Script } from '../script.js';
import { open, refuseLink } from './changes.js';
import { messageOf } from './messageOf.js';
import type { Parts } from './parts.js';
import type { Change } from './state.js';

const FROM_LINK = 'This code came with the link. Nothing of it has run. Read it, then press Run.';

const BEGIN = 'The examples above are something to begin with.';

const toScript = ({ code, marbles, letters, frame, stopAt }: Script): Script => ({
  ...{ code, marbles, letters, frame, stopAt },
});

/** Opens a script of this site. */
export const openOwn = (script: Script, example?: Preset): Change =>
  open({ script: toScript(script), isTrusted: true, notice: '', example });

/** What a hash leads to: a diagram of the documentation, or a script of unknown origin. */
async function openHash(hash: string, { loadDiagram }: Parts): Promise<Change | undefined> {
  const [, name] = /^#diagram=([\w-]+)$/.exec(hash) ?? [];
  if (name !== undefined) {
    const diagram = await loadDiagram(name);
    if (diagram) return openOwn(diagram);
    throw new RangeError(`The documentation has no diagram ${name}.`);
  }
  if (!hash.startsWith('#s=')) return undefined;
  const { fromHash } = await import('../link.js');
  const script = await fromHash(hash);
  return script && open({ script, isTrusted: false, notice: FROM_LINK, example: undefined });
}

/** Opens what the address of the page asks for, now and when it changes, or the first example. */
export const opening = (parts: Parts): Observable<Change> =>
  fromEvent(globalThis, 'hashchange').pipe(
    map(() => undefined),
    startWith(openOwn(FIRST, FIRST)),
    switchMap((otherwise) =>
      defer(() => openHash(location.hash, parts)).pipe(
        catchError((error: unknown) => of(refuseLink(`${messageOf(error)} ${BEGIN}`))),
        map((change) => change ?? otherwise),
      ),
    ),
    filter((change) => change !== undefined),
  );
