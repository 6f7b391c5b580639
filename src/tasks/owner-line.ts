/** The tasks of one owner that wait, as estimates of their work: first those that were seen, of which the average is known. */
export class OwnerLine {
  /** Of those who have joined since, in their order; of them so many have gone. */
  private readonly joined: number[] = [];
  private gone = 0;
  private joinedWork = 0;

  constructor(
    private seen: number,
    private readonly each: number,
  ) {}

  get length(): number {
    return this.seen + this.joined.length - this.gone;
  }

  /** The work of the next so many: that of a part as if all were equal. */
  workOf(tasks: number): number {
    const { length } = this;
    return length === 0 ? 0 : (this.seen * this.each + this.joinedWork) * Math.min(1, tasks / length);
  }

  /** The work of one of them, counted from 0; undefined where there are not so many. */
  at(index: number): number | undefined {
    return index < this.seen ? this.each : this.joined[this.gone + index - this.seen];
  }

  push(estimate: number): void {
    this.joined.push(estimate);
    this.joinedWork += estimate;
  }

  /** @returns the work of the first, who is the line's no more */
  shift(): number {
    const first = this.at(0) ?? 0;
    if (this.seen > 0) this.seen -= 1;
    else {
      this.gone += 1;
      this.joinedWork -= first;
    }
    return first;
  }

  /** The last goes. false where nobody who has joined is left. */
  pop(): boolean {
    if (this.joined.length === this.gone) return false;
    this.joinedWork -= this.joined.pop() ?? 0;
    return true;
  }
}
