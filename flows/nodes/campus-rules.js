export { registerRules as default } from './rules.ts';
