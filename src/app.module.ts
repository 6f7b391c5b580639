import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { AlertsApiModule } from './alerts/alerts.module.js';
import { CapabilitiesModule } from './capabilities/capabilities.module.js';
import { type Config } from './config.js';
import { ConsoleModule } from './console/console.module.js';
import { EphemeralApiModule } from './ephemeral/ephemeral.module.js';
import { GuideModule } from './guide/guide.module.js';
import { HealthModule } from './health/health.module.js';
import { ImagesApiModule } from './images/images.module.js';
import { NotesApiModule } from './notes/notes.module.js';
import { platform } from './platform.js';
import { QueriesApiModule } from './queries/queries.module.js';
import { ReservationsApiModule } from './reservations/reservations.module.js';
import { TextsApiModule } from './texts/texts.module.js';
import { TasksApiModule } from './tasks/tasks.module.js';

/** The API. Tasks come before images: of two routes that fit, the first is taken. */
@Module({})
export class AppModule {
  static forRoot(config: Config, databaseUrl: string): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ...platform(config, databaseUrl, 'api'),
        AccessModule.forRoot(config),
        TasksApiModule,
        QueriesApiModule,
        EphemeralApiModule,
        ImagesApiModule,
        NotesApiModule,
        TextsApiModule,
        ReservationsApiModule,
        AlertsApiModule,
        CapabilitiesModule,
        HealthModule,
        GuideModule,
        ConsoleModule,
      ],
    };
  }
}
