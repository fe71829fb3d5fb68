/** What the form asks the model for. */
export interface Trip {
  readonly title: string;
  readonly destination: string;
  readonly start: string;
  readonly nights: number;
  readonly travelers: number;
  readonly pace: string;
  readonly wishes: readonly string[];
  readonly summary: string;
}

export const PACES = ['slow', 'normal', 'fast'] as const;

/** The same as a JSON Schema: the model's answer fits it. */
export const TRIP_SCHEMA = {
  type: 'object',
  required: ['title', 'destination', 'start', 'nights', 'travelers', 'pace', 'wishes', 'summary'],
  properties: {
    title: { type: 'string', examples: ['Four days of light in Lisbon'] },
    destination: { type: 'string', examples: ['Lisbon, Portugal'] },
    start: { type: 'string', format: 'date', description: 'As YYYY-MM-DD.' },
    nights: { type: 'integer', minimum: 1, examples: [4] },
    travelers: { type: 'integer', minimum: 1, examples: [2] },
    pace: { type: 'string', enum: PACES },
    wishes: {
      type: 'array',
      minItems: 3,
      items: { type: 'string' },
      examples: [['Pastéis de nata for breakfast', 'Tram 28', 'A day at the sea']],
    },
    summary: {
      type: 'string',
      examples: [
        'Two people spend four nights near the river. They walk a lot, eat late, and take the train to the coast on the third day.',
      ],
    },
  },
} as const;

export const SAMPLE_NOTE =
  'We are two and want to see Lisbon in January, four nights from the first. Not too hurried: tram 28, ' +
  'pastéis de nata, and one day at the sea.';
