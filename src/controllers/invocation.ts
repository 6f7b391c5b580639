/** One call of a controller resource: a function behind a URI (RESTful Web Services Cookbook 2.6), on record. */
export interface Invocation {
  /** UUIDv7. */
  id: string;
  owner: string;
  /** Path of the controller resource, such as /images/tasks/{id}/retry. */
  controller: string;
  /** What its caller was told: 200, the effect is complete; 202, it goes on. */
  status: 200 | 202;
  /** What the caller gave as the reason. */
  reason: string | null;
  createdAt: Date;
}

/** What the PUT to a minted invocation came to. */
export type InvocationFilling =
  { outcome: 'invoked' | 'same'; invocation: Invocation } | { outcome: 'other-content' | 'nothing' };
