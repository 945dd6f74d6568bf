export class HealthView {
  status: 'ok' | 'unavailable';
  /** What is wrong, empty when all is well. */
  problems: string[];
}

export class JobStateView {
  job: string;
  lastRunAt: string | null;
  lastOutcome: string | null;
}

export class JobStateList {
  data: JobStateView[];
}
