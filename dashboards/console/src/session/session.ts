import { type InjectionKey, inject, type ShallowRef, shallowRef } from 'vue';
import type { CampusApi } from '../api/campus.ts';
import { type ApiProblem, toProblem } from '../api/problem.ts';
import type { User } from '../api/schema.ts';

/** Who is signed in. The session itself is an HttpOnly cookie that no script sees. */
export interface Session {
  /** Undefined while nobody is signed in. */
  readonly user: Readonly<ShallowRef<User | undefined>>;
  /** True when a session ended by itself, so that the login page can say so. */
  readonly ended: Readonly<ShallowRef<boolean>>;
  /** Why the gateway could not say who is signed in, when it could not. */
  readonly problem: Readonly<ShallowRef<ApiProblem | undefined>>;
  /** Asks the gateway once who is signed in, `unknown` when it does not say; later calls answer at once. */
  check(): Promise<User | 'nobody' | 'unknown'>;
  signIn(username: string, password: string): Promise<void>;
  signOut(): Promise<void>;
  /** Takes note that the gateway no longer knows the session. */
  expire(): void;
}

export const sessionKey: InjectionKey<Session> = Symbol('session');

/** The session, inside a component. */
export function useSession(): Session {
  const session = inject(sessionKey);
  if (session === undefined) throw new Error('useSession: expected to run below the application that provides it');
  return session;
}

export function createSession(api: CampusApi): Session {
  const user = shallowRef<User>();
  const ended = shallowRef(false);
  const problem = shallowRef<ApiProblem>();

  return {
    user,
    ended,
    problem,
    async check() {
      try {
        user.value ??= await api.session();
        problem.value = undefined;
        return user.value;
      } catch (error) {
        const reason = toProblem(error);
        problem.value = reason.status === 401 ? undefined : reason;
        return reason.status === 401 ? 'nobody' : 'unknown';
      }
    },
    async signIn(username, password) {
      user.value = await api.signIn(username, password);
      ended.value = false;
    },
    async signOut() {
      try {
        await api.signOut();
      } catch (error) {
        // Only the gateway can end a session: while it does not, nobody is told that they are signed out.
        const reason = toProblem(error);
        if (reason.status !== 401) {
          problem.value = reason;
          return;
        }
      }
      user.value = undefined;
    },
    expire() {
      if (user.value === undefined) return;
      user.value = undefined;
      ended.value = true;
    },
  };
}
