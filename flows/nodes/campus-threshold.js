export { registerThreshold as default } from './threshold.ts';
