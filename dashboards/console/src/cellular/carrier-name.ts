import { useText } from '../i18n/index.ts';

/** Names a carrier as the wire has it, inside a component: `secondary-2` is the second further carrier. */
export function useCarrierName(): (carrier: string) => string {
  const { t } = useText();
  return (carrier) => {
    const [, number] = /^secondary-(\d+)$/.exec(carrier) ?? [];
    return number === undefined ? t('cellular.primary') : t('cellular.secondary', { n: number });
  };
}
