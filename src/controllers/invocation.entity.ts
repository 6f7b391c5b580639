import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Invocation } from './invocation.js';

@Entity('invocations')
export class InvocationEntity implements Invocation {
  @PrimaryColumn('uuid') id: string;
  @Column('text') owner: string;
  @Column('text') controller: string;
  @Column('smallint') status: 200 | 202;
  @Column('text', { nullable: true }) reason: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}
