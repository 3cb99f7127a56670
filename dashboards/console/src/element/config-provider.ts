import { ElConfigProvider as ConfigProvider } from 'element-plus/es/components/config-provider/index';
import type { Language } from 'element-plus/es/locale/index';
import type { Component } from 'vue';

/** Element Plus' own declaration loses its optional props under `exactOptionalPropertyTypes`: those in use are declared here. */
export const ElConfigProvider: Component<{ locale: Language }> = ConfigProvider as Component;
