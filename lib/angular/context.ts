import { Injector, PLATFORM_ID, assertInInjectionContext, inject } from '@angular/core';

/**
 * The injector of the options, or that of the current injection context.
 *
 * @param caller is named by the error
 * @throws Angular's NG0203 where there is neither
 */
export function getInjector(
  caller: (...args: never[]) => unknown,
  injector: Injector | undefined,
): Injector {
  if (injector) return injector;
  assertInInjectionContext(caller);
  return inject(Injector);
}

/** Whether a server renders the page. */
export function isOnServer(injector: Injector): boolean {
  return injector.get<unknown>(PLATFORM_ID) === 'server';
}
