import type * as http from 'node:http';

/** How requests of one scheme are made. */
interface Scheme {
  readonly request: typeof http.request;
  readonly agent: http.Agent;
}

/** What a module of Node has for it. */
type Maker = Pick<typeof http, 'request' | 'Agent'>;

/**
 * Node's modules, by the schemes of URLs. They are loaded with the first request: a worker without Node can
 * import all else beside `httpFetch`.
 */
const MODULES = new Map<string, () => Promise<Maker>>([
  ['http:', () => import('node:http')],
  ['https:', () => import('node:https')],
]);

const schemes = new Map<string, Promise<Scheme>>();

/** How a request of the scheme is made; `undefined` for one that Node doesn't have. */
export function loadScheme(protocol: string): Promise<Scheme> | undefined {
  const load = MODULES.get(protocol);
  if (!load) return undefined;
  const scheme = schemes.get(protocol) ?? load().then(createScheme);
  schemes.set(protocol, scheme);
  return scheme;
}

/** Connections are kept, without a limit of time or number: a model may think for minutes. */
const createScheme = ({ request, Agent }: Maker): Scheme => ({
  request,
  agent: new Agent({ keepAlive: true }),
});
