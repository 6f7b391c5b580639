import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type AggregatedResult, type Config } from '@jest/reporters';
import { contractRows } from '../../src/http/rows.js';
import { declaredAnswers } from './conformance.js';

/** After a run of all tests: every declared answer must have been provoked by one of them. */
export default class ConformanceReporter {
  private readonly record = join(mkdtempSync(join(tmpdir(), 'darkroom-conformance-')), 'answers');
  private error: Error | undefined;

  constructor(private readonly config: Config.GlobalConfig) {
    writeFileSync(this.record, '');
    // Inherited by the workers that run the tests.
    process.env['CONFORMANCE_RECORD'] = this.record;
  }

  onRunComplete(_contexts: unknown, results: AggregatedResult): void {
    const seen = new Set(readFileSync(this.record, 'utf8').split('\n'));
    rmSync(dirname(this.record), { recursive: true });
    if (!this.ranAll(results)) return;
    const declared = declaredAnswers(contractRows());
    const missing = declared.filter((answer) => !seen.has(answer));
    console.log(
      `Conformance: ${declared.length - missing.length} of ${declared.length} declared answers were provoked.`,
    );
    if (missing.length > 0) {
      // Jest itself says nothing of why a reporter failed.
      const message = `Declared, but provoked by no test:\n  ${missing.join('\n  ')}`;
      console.error(message);
      this.error = new Error(message);
    }
  }

  getLastError(): Error | undefined {
    return this.error;
  }

  private ranAll({ numFailedTests, numFailedTestSuites, numPendingTests }: AggregatedResult): boolean {
    const { testPathPatterns, testNamePattern, onlyChanged } = this.config;
    const chosen = testPathPatterns.patterns.length > 0 || Boolean(testNamePattern) || onlyChanged;
    return !chosen && numFailedTests + numFailedTestSuites + numPendingTests === 0;
  }
}
