// vue-tsc needs the compiler's JavaScript API, which TypeScript 7 no longer has: it runs on TypeScript 6, installed beside it.
require('vue-tsc').run(require.resolve('@typescript/typescript6/lib/tsc.js'));
