export { registerAbsence as default } from './absence.ts';
