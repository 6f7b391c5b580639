import { createServer } from 'node:http';
import { createIPX, createIPXNodeServer, ipxFSStorage, ipxHttpStorage } from 'ipx';

// A program: ipx as its documentation serves it, over a folder of images, /w_1600,f_webp/name.jpg, or fetching them by HTTP,
// /w_1600,f_webp/http://127.0.0.1:3001/name.jpg

const { FOLDER = '.', PORT } = process.env;
const sources = { storage: ipxFSStorage({ dir: FOLDER }), httpStorage: ipxHttpStorage({ allowAllDomains: true }) };
const serve = createIPXNodeServer(createIPX(sources));
const server = createServer((request, response) => {
  if (request.url === '/ready') response.end();
  else void serve(request, response);
}).listen(Number(PORT), '127.0.0.1');
server.once('listening', () => {
  const address = server.address();
  if (address !== null && typeof address !== 'string') console.log(`http://127.0.0.1:${address.port}`);
});
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
