// The tests run what ships: TypeScript is compiled once by tsc, Jest runs dist/test as native ES modules.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  transform: {},
  globalSetup: '<rootDir>/dist/test/support/global-setup.js',
  globalTeardown: '<rootDir>/dist/test/support/global-teardown.js',
  // Fails a run of all tests in which a declared answer was provoked by none.
  reporters: ['default', '<rootDir>/dist/test/support/conformance-reporter.js'],
  // Much of a test is waiting for other processes: with one fewer than there are cores, half of two cores idles.
  maxWorkers: '100%',
  testTimeout: 30_000,
};
