/** What captures by itself: each with its options, or true. */
export interface CaptureModules {
  /** page views: the page as it loads, navigation within it, a return from the back-forward cache; no calls of `page` by hand then */
  pages?: boolean;
  /** mistakes in the page's scripts */
  errors?: boolean;
}
