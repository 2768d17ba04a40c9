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
  | 'vitals';

/** Paths the operator renamed, and addresses of files that do not stand beside the script. */
export type Paths = Partial<Record<'batch' | 'program' | 'sync' | 'full' | 'fallback' | ModuleName, string>>;
