/** What a log has written. */
export class Heard {
  text = '';

  write(line: string): void {
    this.text += line;
  }

  /** Each line as its fields; what a test reads of them is the test's business. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  get lines(): Record<string, any>[] {
    return this.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }
}
