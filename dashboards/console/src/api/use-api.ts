import { type InjectionKey, inject } from 'vue';
import type { CampusApi } from './campus.ts';

export const apiKey: InjectionKey<CampusApi> = Symbol('api');

/** The API, inside a component. */
export function useApi(): CampusApi {
  const api = inject(apiKey);
  if (api === undefined) throw new Error('useApi: expected to run below the application that provides it');
  return api;
}
