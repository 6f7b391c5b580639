import { stopTestServer } from './template-database.js';

export default stopTestServer;
