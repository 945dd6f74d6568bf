import { type Server } from 'node:http';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { SETTINGS, type Settings } from '../config/settings';
import { Instance } from '../jobs/instance';
import { Ledger } from '../usage/ledger/ledger';
import { CallsInFlight } from './calls-in-flight';

const DRAIN_MS = 5_000;
/** What is left to other requests, once no call runs any more, before their connections are closed. */
const CONNECTION_GRACE_MS = 1_000;

/** The end of the process in order: no new calls, those in flight end within a limit, the ledger is drained. */
@Injectable()
export class GracefulStop implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Stop');

  constructor(
    private readonly calls: CallsInFlight,
    private readonly ledger: Ledger,
    private readonly instance: Instance,
    private readonly host: HttpAdapterHost,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.calls.stop(this.settings.shutdownTimeout);
    const drained = await this.ledger.drain(DRAIN_MS);
    if (drained) await this.instance.end();
    else
      this.logger.error(
        'The database did not take the last settlements; the sweeper will close their events.',
      );
    this.closeConnectionsSoon();
  }

  /** A client that connected and sends nothing would hold the end up: it counts as neither idle nor served. */
  private closeConnectionsSoon(): void {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    setTimeout(() => server.closeAllConnections(), CONNECTION_GRACE_MS).unref();
  }
}
