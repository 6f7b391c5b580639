import { type DynamicModule, Module } from '@nestjs/common';
import { BlobStore } from './blob-store.js';

@Module({})
export class StorageModule {
  static forRoot(folder: string): DynamicModule {
    const provider = { provide: BlobStore, useFactory: () => BlobStore.open(folder) };
    return { module: StorageModule, global: true, providers: [provider], exports: [BlobStore] };
  }
}
