import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

/**
 * Builds the console into `dist`, which the gateway serves at `/`: `vite build dashboards/console`.
 * Nothing is inlined, so that the page runs under `default-src 'self'` without `unsafe-inline`.
 */
export default defineConfig({
  plugins: [vue()],
  define: {
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
  },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'third-party-licences.txt' },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What every page needs and what only changes with its package: browsers keep it over upgrades of the console.
          groups: [
            { name: 'vue', test: /node_modules\/(@vue|vue|vue-router|vue-i18n|@intlify)\// },
            { name: 'typebox', test: /node_modules\/typebox\// },
          ],
        },
      },
    },
    // ECharts' core is one chunk of its own, loaded after the page stands.
    chunkSizeWarningLimit: 600,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/flows': { target: 'http://127.0.0.1:8080', ws: true } } },
});
