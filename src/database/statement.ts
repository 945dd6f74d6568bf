/** A value that can be bound to a `?` of hand-written SQL on both engines. */
export type SqlValue = string | number | bigint | boolean | Buffer | null;

/** An `INSERT` of many rows: what stands before and after its values. */
export interface RowsStatement {
  readonly head: string;
  readonly rows: readonly (readonly SqlValue[])[];
  readonly tail: string;
}
