import { Injectable } from '@nestjs/common';
import { type JobContext, type JobHandler } from '../queue/job-handler.js';
import { type Jobs } from '../queue/jobs.js';
import { LooksService } from './looks.service.js';

@Injectable()
export class HashImageJob implements JobHandler<'hash-image'> {
  readonly job = 'hash-image';

  constructor(private readonly looks: LooksService) {}

  run({ imageId, digest }: Jobs['hash-image'], { signal }: JobContext): Promise<void> {
    return this.looks.find({ id: imageId, digest }, signal);
  }
}
