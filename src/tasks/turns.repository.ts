import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { heldSql, leaveLineSql, lockIdleSql, mendSql, takeTurnSql, type Turn, type TurnJob } from './turns.js';

/** The SQL of whose turn it is. */
@Injectable()
export class TurnsRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  /** The task that the job has taken before; null where it has taken none, or that is at its end. */
  async held({ id, taskId }: TurnJob): Promise<string | null> {
    const [held]: { id: string }[] = await this.source.query(heldSql, [id, taskId]);
    return held?.id ?? null;
  }

  async take(): Promise<Turn> {
    const [turn]: Turn[] = await this.source.query(takeTurnSql);
    if (turn === undefined) throw new Error('a statement without a FROM gave no row');
    return turn;
  }

  /** Sees to it that each task that waits is taken by a job some time. */
  async mend(): Promise<void> {
    await this.source.query(mendSql);
  }

  /** Takes those out of the line who have nothing waiting. */
  async tidy(): Promise<void> {
    await this.source.transaction(async (tx) => {
      // Nobody misses it: a row that is back after a power failure is taken away again.
      await tx.query('set local synchronous_commit = off');
      const idle: { owner: string }[] = await tx.query(lockIdleSql);
      if (idle.length > 0) await tx.query(leaveLineSql, [idle.map(({ owner }) => owner)]);
    });
  }
}
