const ASKS_TIME =
  /\bwhat time\b|\btime is it\b|\b(?:current|local) time\b|\bthe time\b(?! complexity)|\b(?:what|which) day\b|\b(?:the|today's|current) date\b|^(?:and )?(?:the )?time in\b/i;
/** Asks the same for another place. */
const ASKS_AGAIN = /^(?:and|or|(?:what|how) about)\s+(?:in\s+)?/i;
const FILLERS = /\b(?:right now|now|today|at the moment|please|currently)\b/gi;

/** Cities by which no time zone is named. */
const CITIES: Readonly<Record<string, string>> = {
  beijing: 'Asia/Shanghai',
  delhi: 'Asia/Kolkata',
  kyiv: 'Europe/Kyiv',
  kolkata: 'Asia/Kolkata',
  mumbai: 'Asia/Kolkata',
  munich: 'Europe/Berlin',
  'san francisco': 'America/Los_Angeles',
  washington: 'America/New_York',
};

/**
 * The time zones whose time a question asks for: `[undefined]` for the local one, none if it isn't
 * about the time. A place by which no zone is named stays as it was written.
 *
 * @param isSequel whether the question before was about the time, so that "and in Berlin?" is too
 */
export function findTimeZones(question: string, isSequel = false): (string | undefined)[] {
  if (!ASKS_TIME.test(question)) {
    if (!isSequel || !ASKS_AGAIN.test(question)) return [];
    // Only known places: "and thanks" names none.
    return findPlaces(question.replace(ASKS_AGAIN, 'in '))
      .map(toTimeZone)
      .filter((zone) => zone.includes('/'));
  }
  const places = findPlaces(question);
  return places.length ? places.map(toTimeZone) : [undefined];
}

function findPlaces(question: string): string[] {
  return Array.from(question.matchAll(/\bin ([\p{L}/_\s,'-]+)/giu), ([, list = '']) => list)
    .flatMap((list) => list.replace(FILLERS, '').split(/,|\band\b|\bin\b/))
    .map((place) => place.trim())
    .filter((place) => place && !/^(?:what|how|the)\b/i.test(place));
}

function toTimeZone(place: string): string {
  const name = place.toLowerCase();
  const ending = `/${name.replaceAll(' ', '_')}`;
  const zones = Intl.supportedValuesOf('timeZone');
  return CITIES[name] ?? zones.find((zone) => zone.toLowerCase().endsWith(ending)) ?? place;
}
