/** Types of `window.privacy` and its event. Copy this file into your project, or refer to it. */

/** What holds for the visitor, as `GET {prefix}/choice` tells it. */
export interface PrivacyState {
  choice_made: boolean;
  /** Ids of purposes and services that are allowed. */
  allowed: string[];
  /** Ids that a recorded choice refuses. */
  refused: string[];
  /** Purposes that the banner still asks for. */
  asks: string[];
  /** Global Privacy Control took something away. */
  honors_gpc: boolean;
  /** ISO 8601, or null before a choice. */
  since: string | null;
  policy_version: string;
  policy_digest: string;
  /** Nothing can be allowed before the visitor's age group is known. */
  asks_age?: true;
  /** The choice was taken over from another browser of the same account. */
  from_account?: true;
}

export interface Privacy {
  /** Whether a purpose or a service is allowed, now. */
  allows(id: string): boolean;
  /** Opens the preference center. */
  open(): Promise<void>;
  /** Every id that is allowed now. */
  readonly allowed: string[];
}

declare global {
  interface Window {
    readonly privacy: Privacy;
  }
  interface Navigator {
    readonly globalPrivacyControl?: boolean;
  }
  interface DocumentEventMap {
    /** A choice was recorded. `preventDefault()` keeps the page as it is. */
    "privacy:change": CustomEvent<PrivacyState>;
    /** With `delivery = "fragment"`: it is known who this is. */
    "privacy:state": CustomEvent<Pick<PrivacyState, "allowed" | "refused">>;
  }
}
