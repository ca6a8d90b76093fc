/** Placeholder type replaced below. */
export interface WindowedStage {
  readonly fingerprint: string;
}
