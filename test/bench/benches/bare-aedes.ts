import { createServer } from 'node:net';
import { Aedes } from 'aedes';

/** The broker that the gateway is built on, with nothing behind it: acknowledges and forgets. Tells its port over IPC. */

const aedes = await Aedes.createBroker();
const server = createServer({ noDelay: true }, (socket) => void aedes.handle(socket));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
process.on('disconnect', () => process.exit(0));
