import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What is wrong for people who can't see, or use a mouse: what axe calls serious or critical. */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { passed, barriers } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { passes, violations } = await axe.run(document);
    const barriers = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
    return { passed: passes.map(({ id }) => id), barriers };
  });
  // Otherwise it has not looked.
  if (!passed.includes('color-contrast') || !passed.includes('button-name')) {
    throw new Error(`axe found nothing to look at: ${passed.join(', ')}`);
  }
  return barriers;
}
