export { registerAlertOut as default } from './alert-out.ts';
