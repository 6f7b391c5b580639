// The tests run what ships: TypeScript is compiled once by tsc, Jest runs dist/test as native ES modules.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  transform: {},
};
