export { registerIn as default } from './in.ts';
