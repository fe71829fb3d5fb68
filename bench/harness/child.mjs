// A fresh process that measures one contestant once, and tells the parent.
import process from 'node:process';

const [question = '', contestant = '', params = '{}'] = process.argv.slice(2);
/** @type {{ measure: (contestant: string, params: unknown) => Promise<object> }} */
const { measure } = await import(new URL(`../questions/${question}.mjs`, import.meta.url).href);
/** @type {unknown} */
const given = JSON.parse(params);
process.send?.(await measure(contestant, given), () => process.exit());
