import { computed, type Ref, shallowRef } from 'vue';
import { initialTheme, keepTheme, type Theme } from './choice.ts';

const system = window.matchMedia('(prefers-color-scheme: dark)');
const systemDark = shallowRef(system.matches);
const chosen = shallowRef<Theme>(initialTheme(localStorage));

/** What the user chose; `auto` follows the system. */
export const theme: Readonly<Ref<Theme>> = chosen;

/** True while the page is dark. */
export const dark = computed(() => (chosen.value === 'auto' ? systemDark.value : chosen.value === 'dark'));

/** Switches the theme and remembers it. */
export function chooseTheme(next: Theme): void {
  chosen.value = next;
  keepTheme(localStorage, next);
  applyTheme();
}

/** Marks the page with its theme, for the style sheets; follows the system from then on. */
export function followTheme(): void {
  system.addEventListener('change', (event) => {
    systemDark.value = event.matches;
    applyTheme();
  });
  applyTheme();
}

function applyTheme(): void {
  document.documentElement.classList.toggle('dark', dark.value);
  document.documentElement.classList.toggle('light', !dark.value);
}
