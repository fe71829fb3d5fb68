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

declare const ngDevMode: unknown;

/** Whether the app runs in development. A function, so that the compiler of a production build drops what it guards. */
export const isInDevelopment = (): boolean =>
  typeof ngDevMode === 'undefined' || Boolean(ngDevMode);
