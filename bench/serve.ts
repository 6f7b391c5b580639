import { type Server } from 'node:http';

/** Serves at PORT of this machine until SIGTERM, and prints the URL that it listens at. */
export function serve(server: Server): void {
  server.listen(Number(process.env['PORT']), '127.0.0.1');
  server.once('listening', () => {
    const address = server.address();
    if (address !== null && typeof address !== 'string') console.log(`http://127.0.0.1:${address.port}`);
  });
  process.once('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
  });
}
