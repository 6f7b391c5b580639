import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

const referred = `exists (select from images where images.digest = candidate.digest)
               or exists (select from texts where texts.digest = candidate.digest)
               or exists (select from tasks where tasks.image_digest = candidate.digest)
               or exists (select from tasks where tasks.inputs <> '[]' and tasks.inputs @>
                            jsonb_build_array(jsonb_build_object('digest', candidate.digest)))`;

/** SQL on blobs: which have lost a reference, and which have none left. */
@Injectable()
export class GarbageRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.source.transaction(work);
  }

  /** Digests that have lost a reference, the first `limit` of them after `after`. */
  async loose(after: string, limit: number): Promise<string[]> {
    const rows: { digest: string }[] = await this.source.query(
      'select digest from loose_blobs where digest > $1 order by digest limit $2',
      [after, limit],
    );
    return rows.map(({ digest }) => digest);
  }

  /** Which of these digests nothing refers to. */
  async unreferred(digests: string[]): Promise<string[]> {
    const rows: { digest: string }[] = await this.source.query(
      `select digest from unnest($1::text[]) as candidate(digest) where not (${referred})`,
      [digests],
    );
    return rows.map(({ digest }) => digest);
  }

  /**
   * Until the end of the transaction nobody makes a reference to the blob (whoever would holds this lock too, shared,
   * from before the bytes are stored until the commit). false where something refers to it.
   */
  async lockUnreferred(tx: EntityManager, digest: string): Promise<boolean> {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 2))', [digest]);
    const [state]: { referred: boolean }[] = await tx.query(
      `select ${referred} as referred from (select $1::text as digest) as candidate`,
      [digest],
    );
    return state?.referred === false;
  }

  async forget(tx: EntityManager, digest: string): Promise<void> {
    await tx.query('delete from loose_blobs where digest = $1', [digest]);
  }
}
