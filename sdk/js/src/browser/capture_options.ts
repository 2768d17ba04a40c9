/** How clicks are captured. */
export interface ClickOptions {
  /** false: links, buttons and [role=button] without markup are told only as downloads and ways out */
  autocapture?: boolean;
  /** what makes a link a download, in lower case */
  extensions?: string[];
  /** domains of the site, with all below them, that lead nowhere out */
  domains?: string[];
}

/** How a page's data layer is read. */
export interface LayerOptions {
  /** the layer's name in the window; `dataLayer` if not given */
  name?: string;
  /** true: events that are none of the spec's are told too, under their own names */
  other?: boolean;
}

/** What is said of the device. */
export interface DeviceOptions {
  /** high-entropy client hints to ask for; `model`, `platformVersion` and `fullVersionList` if not given */
  hints?: string[];
}

/** How attention is measured. */
export interface EngagementOptions {
  /** percentages of a page's height that are told when they come into view, once a page view; 25, 50, 75 and 100 if not given */
  scroll?: number[];
}

/** Which moments of a page view are told. */
export interface MomentOptions {
  /** seconds without input, while the page is visible, until a visitor is idle; 60 if not given */
  idleSeconds?: number;
}

/** What captures by itself: each with its options, or true. */
export interface CaptureModules {
  /** page views: the page as it loads, navigation within it, a return from the back-forward cache; no calls of `page` by hand then */
  pages?: boolean;
  /** clicks on marked elements, links and buttons, ways out and downloads */
  clicks?: boolean | ClickOptions;
  /** e-commerce events that the page tells its tag manager */
  dataLayer?: boolean | LayerOptions;
  /** what the browser says of the device, in the context of later events */
  device?: boolean | DeviceOptions;
  /** how far a page was scrolled, how long it had attention */
  engagement?: boolean | EngagementOptions;
  /** mistakes in the page's scripts */
  errors?: boolean;
  /** forms that are begun, submitted and left */
  forms?: boolean;
  /** clicks of anger, and clicks that nothing answers */
  friction?: boolean;
  /** moments at which a visitor may want something: on the way out, gone quiet */
  moments?: boolean | MomentOptions;
  /** the web vitals of each page */
  vitals?: boolean;
}
