import { catchError, defer, of, type Observable } from 'rxjs';
import { load, refuseInput } from './changes.js';
import { messageOf } from './messageOf.js';
import type { Change } from './state.js';

const MAX_FILE = 5_000_000;
const MAX_NAME = 80;

async function read(file: File): Promise<Change> {
  if (file.size > MAX_FILE) throw new RangeError('The file is larger than 5 MB.');
  const { fromRecording } = await import('../recording.js');
  const fields = { ...fromRecording(await file.text()), frame: 1 };
  return load(fields, `${file.name.slice(0, MAX_NAME)} is loaded.`);
}

/** Reads a recording of `recordChat`, in place of the marbles. */
export const openRecording = (file: File): Observable<Change> =>
  defer(() => read(file)).pipe(catchError((error: unknown) => of(refuseInput(messageOf(error)))));
