import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { problemDocument, ProblemDocument, problemXml } from '../http/problem-document.js';
import { type XmlElement } from '../http/xml-out.js';
import { type Problem } from '../problems.js';
import { type Task } from './task.js';
import { outcomeUri, taskUri, taskView, TaskView } from './task.view.js';

/** What became of one task: what a POST of it alone would have been answered. */
export class TaskResultView {
  @ApiProperty({ type: 'integer', description: '202, 303, or that of the problem.', example: 202 }) status: number;
  @ApiPropertyOptional({ format: 'uri', description: '202: the task. 303: the outcome, which is there already.' })
  location?: string;
  @ApiPropertyOptional({ type: TaskView, description: 'The task; 303: the one that has done the work.' })
  body?: TaskView;
  @ApiPropertyOptional({ type: ProblemDocument, description: 'Its pointers lead into that task.' })
  problem?: ProblemDocument;
}

export class TaskBatchView {
  static readonly element = 'results';

  @ApiProperty({ type: [TaskResultView], description: 'In the order of the tasks.' }) results: TaskResultView[];

  static toXml({ results }: TaskBatchView): XmlElement {
    return {
      name: TaskBatchView.element,
      attributes: { 'xmlns:atom': 'http://www.w3.org/2005/Atom' },
      children: results.map(({ status, location, body, problem }) => ({
        name: 'result',
        attributes: { status, location },
        children: [
          ...(body === undefined ? [] : [{ ...TaskView.toXml(body), attributes: {} }]),
          ...(problem === undefined ? [] : [problemXml(problem)]),
        ],
      })),
    };
  }
}

/** A task that was accepted, or that has done the same before. */
export function acceptedResult(task: Task, origin: string, now: Date): TaskResultView {
  const body = taskView(task, origin, now);
  if (task.outcomeId !== null) return { status: 303, location: outcomeUri(task, task.outcomeId, origin), body };
  return { status: 202, location: taskUri(task.id, origin), body };
}

export function refusedResult(problem: Problem, origin: string): TaskResultView {
  return { status: problem.status, problem: problemDocument(problem, origin) };
}
