import { createServer } from 'node:http';
import { createIPX, createIPXNodeServer, ipxFSStorage, ipxHttpStorage } from 'ipx';
import { serve } from './serve.js';

// A program: ipx as its documentation serves it, over a folder of images, /w_1600,f_webp/name.jpg, or fetching them by HTTP,
// /w_1600,f_webp/http://127.0.0.1:3001/name.jpg

const { FOLDER = '.' } = process.env;
const sources = { storage: ipxFSStorage({ dir: FOLDER }), httpStorage: ipxHttpStorage({ allowAllDomains: true }) };
const answer = createIPXNodeServer(createIPX(sources));
serve(
  createServer((request, response) => {
    if (request.url === '/ready') response.end();
    else void answer(request, response);
  }),
);
