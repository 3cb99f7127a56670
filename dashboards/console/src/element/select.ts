import 'element-plus/es/components/select/style/css';
import 'element-plus/es/components/option/style/css';
import { ElOption as Option, ElSelect as Select } from 'element-plus/es/components/select/index';
import type { Component } from 'vue';

interface SelectProps {
  modelValue?: string | undefined;
  filterable?: boolean;
  clearable?: boolean;
  placeholder?: string;
  ariaLabel: string;
  /** What clearing sets. */
  valueOnClear?: () => undefined;
  'onUpdate:modelValue'?: (value: string) => void;
}

/** Element Plus' own declarations lose their optional props under `exactOptionalPropertyTypes`: those in use are declared here. */
export const ElSelect: Component<SelectProps> = Select as Component;
export const ElOption: Component<{ value: string; label: string }> = Option as Component;
