/** What a page loads only when it needs it, by name: the file desirepath.<name>.js. */
export type ModuleName =
  | 'zones'
  | 'explain'
  | 'unify'
  | 'overlay'
  | 'facts'
  | 'clicks'
  | 'dataLayer'
  | 'device'
  | 'engagement'
  | 'errors'
  | 'forms'
  | 'friction'
  | 'moments'
  | 'vitals'
  | 'shelf';

/** Paths the operator renamed, and addresses of files that do not stand beside the script. */
export interface Paths
  extends Partial<Record<'program' | 'sync' | 'full' | 'fallback' | ModuleName, string>> {
  /** where batches go; of several, the next is tried where one is blocked or not found */
  batch?: string | string[];
}
