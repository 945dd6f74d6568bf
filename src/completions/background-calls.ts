import { Injectable, Logger } from '@nestjs/common';
import { type EndSignal } from '../common/ending';
import { pause } from '../common/pause';
import { type NativeApi, type NativeReport, type NativeWay } from '../providers/contract/native';
import { type CallTimeouts } from '../providers/contract/transport';
import { type VendorError } from '../providers/contract/vendor-error';
import { type MeterContext } from '../providers/contract/usage';
import { type Attempt } from './attempt';
import { CallsInFlight } from './calls-in-flight';

const FIRST_LOOK_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** After so long an answer in the background is given up: its usage stays unknown. */
const LONGEST_WORK_MS = 60 * 60_000;

/** An answer that the vendor works on in the background. */
export interface BackgroundWork {
  readonly attempt: Attempt;
  readonly api: NativeApi;
  readonly native: NativeWay;
  readonly timeouts: CallTimeouts;
  readonly meter: MeterContext;
  readonly vendorResponseId: string;
}

/**
 * Looks after answers that are made in the background, until what they used is known: the caller has been
 * answered already, and may never ask again.
 */
@Injectable()
export class BackgroundCalls {
  private readonly logger = new Logger('BackgroundCalls');

  constructor(private readonly inFlight: CallsInFlight) {}

  /** Takes an attempt over: it is settled when the vendor is done, or its end can no longer be learnt. */
  follow(work: BackgroundWork): void {
    work.attempt.handOver();
    void this.watch(work).catch((error: unknown) => {
      this.logger.error({
        message: 'The usage of an answer in the background was not recorded.',
        err: error,
      });
    });
  }

  private async watch(work: BackgroundWork): Promise<void> {
    const end = this.inFlight.enter();
    try {
      const seen = await this.wait(work, end);
      // A process that stops leaves its event to the sweeper, which knows what became of it no more than we do.
      if (seen === 'stopping') return;
      if (seen === 'lost') await work.attempt.lost();
      else if (seen.error) await work.attempt.failed(seen.error, true);
      else await work.attempt.answered({ ...seen.report, vendorResponseId: work.vendorResponseId });
    } finally {
      this.inFlight.leave(end);
    }
  }

  private async wait(work: BackgroundWork, signal: EndSignal): Promise<Seen | 'lost' | 'stopping'> {
    const until = performance.now() + LONGEST_WORK_MS;
    let pauseMs = FIRST_LOOK_MS;
    while (performance.now() < until) {
      await pause(pauseMs, signal);
      if (signal.aborted) return 'stopping';
      pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
      const seen = await this.look(work, signal);
      if (seen !== 'unfinished') return seen;
    }
    return 'lost';
  }

  /** One look; a vendor that does not answer is asked again, one that does not know the answer is not. */
  private async look(work: BackgroundWork, signal: EndSignal): Promise<Seen | 'lost' | 'unfinished'> {
    const { api, native, timeouts, meter, vendorResponseId } = work;
    const path = api.followPath?.(vendorResponseId);
    if (path === undefined) return 'lost';
    try {
      const response = await native.send({ method: 'GET', path, headers: {}, signal, timeouts });
      const bytes = await response.bytes();
      const { status, headers } = response;
      if (status === 404) return 'lost';
      const report = status < 300 ? api.report(bytes, meter) : null;
      if (!report || report.unfinished) return 'unfinished';
      const error = report.failed ? native.toError(status, headers, bytes.toString('utf8')) : null;
      return { report, error: error && error.withDetails(report) };
    } catch {
      return 'unfinished';
    }
  }
}

/** What the vendor reports at the end of its work. */
interface Seen {
  readonly report: NativeReport;
  readonly error: VendorError | null;
}
