import { createHash, timingSafeEqual } from 'node:crypto';
import {
  Inject,
  Injectable,
  SetMetadata,
  UnauthorizedException,
  createParamDecorator,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { CONFIG, type Config } from './config.js';

interface WithUser {
  readonly headers: Readonly<Record<string, string | undefined>>;
  user?: string | undefined;
}

const IS_PUBLIC = Symbol('IS_PUBLIC');

/** Needs no key. */
export const Public = () => SetMetadata(IS_PUBLIC, true);

/** The name of the user whose key was sent. */
export const User = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<WithUser>().user,
);

/** Digests have one length, which `timingSafeEqual` needs, and tell nothing of the length of a key. */
const digest = (key: string): Buffer => createHash('sha256').update(key).digest();

/** Lets in who sends a key of `API_KEYS` as `Authorization: Bearer KEY`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  readonly #keys: readonly { readonly digest: Buffer; readonly user: string }[];

  constructor(
    @Inject(CONFIG) { API_KEYS }: Config,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {
    this.#keys = [...API_KEYS].map(([key, user]) => ({ digest: digest(key), user }));
  }

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<WithUser>();
    const [, key = ''] = /^Bearer (.+)$/i.exec(request.headers['authorization'] ?? '') ?? [];
    const sent = digest(key);
    // All of them are compared, so that the time says nothing of which one it was.
    const found = this.#keys.filter((known) => timingSafeEqual(known.digest, sent));
    request.user = found[0]?.user;
    if (request.user !== undefined) return true;
    throw new UnauthorizedException('Send a key: "Authorization: Bearer KEY".');
  }
}
