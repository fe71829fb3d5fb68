const LINE_LENGTH = 1000;
const VALUE_LENGTH = 200;

/** As much of a text as an error shows. */
export function excerpt(text: string, length = LINE_LENGTH): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/**
 * A value as an error shows it: as JSON, cut at `length` characters. Never throws, and costs no more
 * than it shows: `JSON.stringify` overflows the stack on deep values, and writes large ones whole.
 */
export function describeValue(value: unknown, length = VALUE_LENGTH): string {
  let text = '';

  const writeMembers = (open: string, members: object, close: string): void => {
    text += open;
    let separator = '';
    for (const key in members) {
      if (text.length > length) return;
      text += separator;
      separator = ',';
      if (!Array.isArray(members)) text += `${JSON.stringify(key.slice(0, length))}:`;
      write((members as Readonly<Record<string, unknown>>)[key]);
    }
    text += close;
  };

  // Each level writes a character before it goes deeper, so `length` bounds the recursion too.
  const write = (member: unknown): void => {
    if (typeof member === 'string') text += JSON.stringify(member.slice(0, length));
    else if (typeof member !== 'object' || member === null) text += String(member);
    else if (Array.isArray(member)) writeMembers('[', member, ']');
    else writeMembers('{', member, '}');
  };

  try {
    write(value);
  } catch {
    // A getter or a proxy of the user's own: what was read before it is shown.
    text += '…';
  }
  return excerpt(text, length);
}
