export class FieldErrorView {
  /** Path of the field, such as `configuration.temperature`. */
  field: string;
  message: string;
}

/** A problem document (RFC 9457), sent as application/problem+json. */
export class ProblemView {
  type: string;
  title: string;
  status: number;
  /** Stable; made for programs. */
  code: string;
  /** What happened and what to do; made for people. */
  detail: string;
  requestId: string;
  errors?: FieldErrorView[];
}
