/** What captures by itself: each with its options, or true. */
export interface CaptureModules {
  /** mistakes in the page's scripts */
  errors?: boolean;
}
