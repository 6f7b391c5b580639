import { Module } from '@nestjs/common';
import { ImagesModule } from '../images/images.module.js';
import { ProcessTaskJob } from './process-task.job.js';
import { TaskWorkService } from './task-work.service.js';
import { TasksController } from './tasks.controller.js';
import { TasksRepository } from './tasks.repository.js';
import { TasksService } from './tasks.service.js';

/** Tasks as callers see them. */
@Module({
  imports: [ImagesModule],
  controllers: [TasksController],
  providers: [TasksRepository, TasksService],
  exports: [TasksService],
})
export class TasksApiModule {}

/** Tasks as workers see them. */
@Module({
  imports: [ImagesModule],
  providers: [TasksRepository, TaskWorkService, ProcessTaskJob],
  exports: [ProcessTaskJob],
})
export class TasksWorkModule {}
