import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { CallsInFlight } from '../completions/calls-in-flight';
import { Ledger } from '../usage/ledger/ledger';
import { SelfCheckJob } from '../usage/self-check/self-check.job';

/** What operations watch, in the Prometheus text format. Labels are bounded: no ids of requests or users. */
@Injectable()
export class MetricsService {
  private readonly registry = new Registry();

  constructor(calls: CallsInFlight, ledger: Ledger, selfCheck: SelfCheckJob) {
    collectDefaultMetrics({ register: this.registry });
    this.gauge('studio_calls_in_flight', 'Calls that run now.', () => calls.count);
    this.gauge(
      'studio_settlements_waiting',
      'Settlements that are not committed yet.',
      () => ledger.unsettledCount,
    );
    this.gauge(
      'studio_self_check_disagreeing_teams',
      'Teams whose books did not agree in the last self-check of this instance; anything but 0 is an alarm.',
      () => selfCheck.disagreeingTeams,
    );
  }

  read(): Promise<string> {
    return this.registry.metrics();
  }

  private gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }
}
