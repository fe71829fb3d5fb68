/** `JSON.stringify`, also for values that are nested so deep that it runs out of stack. */
export function stringify(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return stringifyDeep(value);
  }
}

/** What is still to be written: text that is ready, or a value. */
type Rest = { readonly text: string } | { readonly value: unknown };

/** Works without recursion: what follows a value waits in a list. */
function stringifyDeep(root: unknown): string {
  const rest: Rest[] = [{ value: root }];
  let json = '';
  for (let next = rest.pop(); next; next = rest.pop()) {
    if ('text' in next) json += next.text;
    else if (typeof next.value !== 'object' || next.value === null) {
      // Functions and the like have no JSON: null, as in a list.
      json += (JSON.stringify(next.value) as string | undefined) ?? 'null';
    } else {
      const parts = Array.isArray(next.value) ? openArray(next.value) : openObject(next.value);
      for (const part of parts.reverse()) rest.push(part);
    }
  }
  return json;
}

function openArray(array: readonly unknown[]): Rest[] {
  const parts = array.flatMap((value, index): Rest[] => [{ text: index ? ',' : '[' }, { value }]);
  return [...(parts.length ? parts : [{ text: '[' }]), { text: ']' }];
}

function openObject(object: object): Rest[] {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  const parts = entries.flatMap(([key, value], index): Rest[] => [
    { text: `${index ? ',' : '{'}${JSON.stringify(key)}:` },
    { value },
  ]);
  return [...(parts.length ? parts : [{ text: '{' }]), { text: '}' }];
}
