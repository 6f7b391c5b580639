import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Callback } from '../alerts/alert.js';
import { type OperationCall } from '../processing/operation.js';
import { type Progress } from '../processing/progress.js';
import { type OutcomeKind, type Task, type TaskInput, type TaskProblem, type TaskState } from './task.js';

@Entity('tasks')
export class TaskEntity implements Task {
  @PrimaryColumn('uuid') id: string;
  @Column('text') owner: string;
  @Column('text') state: TaskState;
  @Column('json') operations: OperationCall[];
  @Column('text') speech: 'json' | 'xml';
  @Column('uuid', { name: 'image_id', nullable: true }) imageId: string | null;
  @Column('text', { name: 'image_digest' }) imageDigest: string;
  @Column('jsonb') inputs: TaskInput[];
  @Column('text', { name: 'work_digest', nullable: true }) workDigest: string | null;
  @Column('uuid', { nullable: true }) leader: string | null;
  @Column('jsonb', { nullable: true }) progress: Progress | null;
  @Column('real') estimate: number;
  @Column('real') wait: number;
  @Column('real') p90: number;
  @Column('integer') ahead: number;
  @Column('bigint', { nullable: true }) job: string | null;
  @Column('integer') round: number;
  @Column('integer') attempt: number;
  @Column('json', { nullable: true }) callback: Callback | null;
  @Column('integer') version: number;
  @Column('integer', { name: 'task_ttl', nullable: true }) taskTtl: number | null;
  @Column('integer', { name: 'result_ttl', nullable: true }) resultTtl: number | null;
  @Column('integer', { name: 'attempts_left' }) attemptsLeft: number;
  @Column('uuid', { name: 'outcome_id', nullable: true }) outcomeId: string | null;
  @Column('text', { name: 'outcome_kind' }) outcomeKind: OutcomeKind;
  @Column('text', { name: 'outcome_digest', nullable: true }) outcomeDigest: string | null;
  @Column('text', { nullable: true }) problem: TaskProblem | null;
  @Column('text', { nullable: true }) detail: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'queued_at' }) queuedAt: Date;
  @Column('timestamptz', { name: 'started_at', nullable: true }) startedAt: Date | null;
  @Column('timestamptz', { name: 'completed_at', nullable: true }) completedAt: Date | null;
  @Column('timestamptz', { name: 'expires_at', nullable: true }) expiresAt: Date | null;
}
