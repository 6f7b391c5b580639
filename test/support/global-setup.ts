import { startTestServer } from './template-database.js';

/** Once, before all test files, in the process that starts their workers. Jest asks for a default export. */
export default startTestServer;
