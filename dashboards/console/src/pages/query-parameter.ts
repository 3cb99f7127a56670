import { computed, type WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/**
 * A parameter of the page's address: filters that live there survive a reload, go back by the browser's button and can be sent to
 * others. Setting it to undefined takes it out.
 */
export function useQueryParameter(name: string): WritableComputedRef<string | undefined> {
  const route = useRoute();
  const router = useRouter();
  return computed({
    get() {
      const value = route.query[name];
      return typeof value === 'string' && value !== '' ? value : undefined;
    },
    set(value) {
      const { [name]: _old, ...others } = route.query;
      void router.replace({ query: value === undefined ? others : { ...others, [name]: value } });
    },
  });
}

/** A parameter with a fixed set of values; the first is the default and not written into the address. */
export function queryChoice<Choice extends string>(
  parameter: WritableComputedRef<string | undefined>,
  choices: readonly [Choice, ...Choice[]],
): WritableComputedRef<Choice> {
  return computed({
    get: () => choices.find((choice) => choice === parameter.value) ?? choices[0],
    set: (choice) => {
      parameter.value = choice === choices[0] ? undefined : choice;
    },
  });
}
