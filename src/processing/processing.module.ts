import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type Limits } from './limits.js';
import { Processing } from './processing.js';

/** Gives every module the one pool of child processes of this process. */
@Module({})
export class ProcessingModule implements OnApplicationShutdown {
  constructor(@Inject(Processing) private readonly processing: Processing) {}

  /** @param size children at most */
  static forRoot(size: number, limits: Partial<Limits>): DynamicModule {
    const provider = { provide: Processing, useFactory: () => new Processing({ size, limits }) };
    return { module: ProcessingModule, global: true, providers: [provider], exports: [Processing] };
  }

  onApplicationShutdown(): Promise<void> {
    return this.processing.close();
  }
}
