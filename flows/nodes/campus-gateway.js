export { registerGateway as default } from './gateway.ts';
