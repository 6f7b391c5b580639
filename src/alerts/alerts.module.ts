import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config.js';
import { ControllersModule } from '../controllers/controllers.module.js';
import { Outbound } from '../outbound/outbound.js';
import { AlertControllersController } from './alert-controllers.controller.js';
import { AlertDeliveryService } from './alert-delivery.service.js';
import { AlertsController } from './alerts.controller.js';
import { AlertsRepository } from './alerts.repository.js';
import { AlertsService } from './alerts.service.js';
import { DeliverAlertJob } from './deliver-alert.job.js';
import { openSealing, Sealing } from './sealing.js';

/** What both processes know of alerts: whatever ends a task announces it. */
@Module({
  providers: [
    ...[AlertsRepository, AlertsService],
    { provide: Sealing, inject: [Config], useFactory: (config: Config) => openSealing(config) },
  ],
  exports: [AlertsRepository, AlertsService, Sealing],
})
export class AlertsModule {}

/** The routes: in the API alone. */
@Module({ imports: [AlertsModule, ControllersModule], controllers: [AlertsController, AlertControllersController] })
export class AlertsApiModule {}

/** Alerts as workers see them. */
@Module({
  imports: [AlertsModule],
  providers: [
    AlertDeliveryService,
    DeliverAlertJob,
    {
      provide: Outbound,
      inject: [Config],
      useFactory: ({ CALLBACK_PRIVATE_ADDRESSES, CALLBACK_SECONDS_MAX }: Config) =>
        new Outbound({
          privateAddresses: CALLBACK_PRIVATE_ADDRESSES,
          totalTimeoutMs: CALLBACK_SECONDS_MAX * 1000,
        }),
    },
  ],
  exports: [DeliverAlertJob, AlertDeliveryService],
})
export class AlertsWorkModule implements OnApplicationShutdown {
  constructor(private readonly outbound: Outbound) {}

  async onApplicationShutdown(): Promise<void> {
    await this.outbound.close();
  }
}
